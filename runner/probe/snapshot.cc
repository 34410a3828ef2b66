// SPDX-License-Identifier: Apache-2.0
#include "runner/probe/snapshot.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/membarrier.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "runner/probe/kcore.h"
#include "runner/probe/owners.h"
#include "runner/probe/table_readers.h"

// Two places to stop at from outside, at stream_format.h's kSnapshotAddress, taken in turn: who
// stops the guest at one sets the next stop at the other, and need not step over his own.
asm(R"(
  .pushsection .roxlab_snapshot, "ax"
  .global roxlab_snapshot_even
  .global roxlab_snapshot_odd
roxlab_snapshot_even:
  ret
roxlab_snapshot_odd:
  ret
  .popsection
)");
extern "C" void roxlab_snapshot_even();
extern "C" void roxlab_snapshot_odd();

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

timespec Later(timespec time, long milliseconds) {
  time.tv_nsec += milliseconds * 1'000'000;
  if (time.tv_nsec >= 1'000'000'000) {
    ++time.tv_sec;
    time.tv_nsec -= 1'000'000'000;
  }
  return time;
}

bool Before(const timespec& a, const timespec& b) {
  return a.tv_sec != b.tv_sec ? a.tv_sec < b.tv_sec : a.tv_nsec < b.tv_nsec;
}

// Lets who is outside look. A guest that stands looks idle to QEMU, which then skips to its next
// timer, at most a tick away. So that a run that was stopped goes on as one that was not, the guest
// is busy here until after the next tick, which then comes at the same time and finds the same work
// in both, and idle until a time that both agree on.
void StandStill() {
  static bool odd = false;
  timespec start = {};
  clock_gettime(CLOCK_MONOTONIC, &start);
  const timespec after_tick = Later(start, 5), until = Later(start, 50);
  odd ? roxlab_snapshot_odd() : roxlab_snapshot_even();
  odd = !odd;
  for (timespec now = start; Before(now, after_tick);) clock_gettime(CLOCK_MONOTONIC, &now);
  while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, nullptr) == EINTR) {
  }
}

KernelCore g_core;
bool g_core_wanted = false;
Result g_core_result;  // What went wrong, once for all.

void FetchCore(Buffer& tables) {
  if (g_core_wanted && g_core_result.ok) g_core_result = g_core.Fetch(tables);
}

// That the tables cannot be had is not the kernel's fault, and for others to judge.
void WriteCore(Stream& out, std::string_view phase, Buffer& tables) {
  if (!g_core_wanted) return;
  if (!g_core_result.ok) {
    tables.Clear();
    tables.Append("!");
    tables.Append(g_core_result.reason);
  }
  out.Write(RecordType::kKcoreTables, phase, tables.view());
}

// Reads the kernel's dump and leaves its file open. What the read takes memory for is taken after
// the kernel has looked, and where free pages are unmapped (debug_pagealloc) the dump shows that
// memory as free: so again, until a read takes none.
Result ReadDump(Buffer& tables, int* fd) {
  while (true) {
    *fd = open(kPageTablesPath, O_RDONLY | O_CLOEXEC);
    if (*fd < 0)
      return Result::Fail("cannot open %s: %s (is CONFIG_PTDUMP_DEBUGFS on?)", kPageTablesPath,
                          strerror(errno));
    Result result = tables.ReadFrom(*fd, kPageTablesPath);
    if (!result.ok || !tables.grew()) return result;
    close(*fd);
  }
}

bool g_others = false;
constexpr int kMostReads = 200;

// On a system with programs of its own the tables change between two readings. So the dump is read
// again after the tables, through the same file, until both dumps are equal: then nothing changed
// in between. `*tables` is one of the two; with a system that never rests, the last.
Result ReadBothAtOneMoment(Buffer** tables, Buffer& kcore, int* fd) {
  static Buffer again;
  Buffer* other = &again;
  Result result = ReadDump(**tables, fd);
  FetchCore(kcore);
  for (int i = 0; g_others && result.ok && i < kMostReads; ++i) {
    lseek(*fd, 0, SEEK_SET);
    result = other->ReadFrom(*fd, kPageTablesPath);
    if (other->view() == (*tables)->view()) break;
    Buffer* const newer = other;
    other = *tables;
    *tables = newer;
    FetchCore(kcore);
  }
  return result;
}

}  // namespace

void ExpectOthers() { g_others = true; }

void AddKcoreToSnapshots() {
  g_core_wanted = true;
  g_core_result = g_core.Open();
}

Result TakeSnapshot(Stream& out, std::string_view phase) {
  static Buffer dump, modules, owners, kcore;

  Settle();
  // Once for the memory that it takes, so that the second time takes none and sees what the dump
  // sees.
  FetchCore(kcore);
  int fd = -1;
  Buffer* tables = &dump;
  Result result = ReadBothAtOneMoment(&tables, kcore, &fd);
  // Before the close: the file's own buffer is part of what it shows.
  if (result.ok) StandStill();
  close(fd);
  if (result.ok) result = modules.ReadFile("/proc/modules");
  if (!result.ok) return result;
  ReadOwners(modules.view(), &owners);
  // Only now, since writing takes memory in the kernel.
  out.Write(RecordType::kPageTables, phase, tables->view());
  out.Write(RecordType::kOwners, phase, owners.view());
  WriteCore(out, phase, kcore);
  out.Write(RecordType::kModuleList, phase, modules.view());
  return {};
}

}  // namespace roxlab::probe
