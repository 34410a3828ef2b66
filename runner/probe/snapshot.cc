// SPDX-License-Identifier: Apache-2.0
#include "runner/probe/snapshot.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/membarrier.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

// A place to stop at from outside, at stream_format.h's kSnapshotAddress.
extern "C" [[gnu::noinline, gnu::used, gnu::section(".roxlab_snapshot")]] void roxlab_snapshot(
    const char* phase) {
  asm volatile("" : : "r"(phase) : "memory");
}

namespace roxlab::probe {
namespace {

// What a step set going in the kernel goes on after it: a module's init sections are freed by a
// work item after an RCU grace period, and the ROX cache frees whole blocks from work items, one
// of them delayed by 10 ms. Guest time is counted in instructions and an idle guest skips ahead,
// so that waiting is exact, repeatable and nearly free: twice a grace period and then more than
// the longest known delay, for work that sets further work going.
void Settle() {
  for (int i = 0; i < 2; ++i) {
    syscall(SYS_membarrier, MEMBARRIER_CMD_GLOBAL, 0, 0);
    SleepMs(50);
  }
}

}  // namespace

Result TakeSnapshot(Stream& out, std::string_view phase) {
  static Buffer tables, modules;
  constexpr char kTables[] = "/sys/kernel/debug/kernel_page_tables";
  char name[kMaxNameSize + 1];
  snprintf(name, sizeof name, "%.*s", static_cast<int>(phase.size()), phase.data());

  Settle();
  int fd = open(kTables, O_RDONLY | O_CLOEXEC);
  if (fd < 0)
    return Result::Fail("cannot open %s: %s (is CONFIG_PTDUMP_DEBUGFS on?)", kTables,
                        strerror(errno));
  Result result = tables.ReadFrom(fd, kTables);
  // Before the close: the file's own buffer is part of what it shows.
  roxlab_snapshot(name);
  close(fd);
  if (result.ok) result = modules.ReadFile("/proc/modules");
  if (!result.ok) return result;
  // Only now, since writing takes memory in the kernel.
  out.Write(RecordType::kPageTables, phase, tables.view());
  out.Write(RecordType::kModuleList, phase, modules.view());
  return {};
}

}  // namespace roxlab::probe
