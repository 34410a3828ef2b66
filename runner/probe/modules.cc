// SPDX-License-Identifier: Apache-2.0
#include "runner/probe/modules.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "runner/probe/module_list.h"
#include "runner/probe/table_readers.h"

namespace roxlab::probe {
namespace {

ModuleList g_modules;
// Numbers of what is loaded, in the order of loading.
int16_t g_loaded[ModuleList::kMaxModules];
int g_loaded_count = 0;
void (*g_told)(uint64_t ns) = nullptr;

uint64_t Nanoseconds() {
  timespec now = {};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return static_cast<uint64_t>(now.tv_sec) * 1'000'000'000 + static_cast<uint64_t>(now.tv_nsec);
}

int InsertModule(int fd) {
  if (g_told == nullptr) return syscall(SYS_finit_module, fd, "", 0) != 0 ? errno : 0;
  const uint64_t start = Nanoseconds();
  const int error = syscall(SYS_finit_module, fd, "", 0) != 0 ? errno : 0;
  if (error == 0) g_told(Nanoseconds() - start);
  return error;
}

Result Load(Module& module) {
  int fd = open(module.path, O_RDONLY | O_CLOEXEC);
  int error = fd < 0 ? errno : InsertModule(fd);
  if (fd >= 0) close(fd);
  if (error != 0)
    return Result::Fail("module %s does not load: %s (%s)", module.name, strerrorname_np(error),
                        strerror(error));
  module.loaded = true;
  return {};
}

Result Unload(Module& module) {
  // The kernel's own threads (a cipher's self-test, say) hold a module for a little while.
  for (int i = 0; syscall(SYS_delete_module, module.name, O_NONBLOCK) != 0; ++i) {
    if (errno != EAGAIN || i == 200)
      return Result::Fail("module %s does not unload: %s (%s)", module.name, strerrorname_np(errno),
                          strerror(errno));
    SleepMs(10);
  }
  module.loaded = false;
  return {};
}

// Loads what is planned; `out` is null when nobody wants to know how far it is.
Result LoadPlanned(Stream* out, std::string_view names) {
  static int16_t plan[ModuleList::kMaxModules];
  int count = 0;
  Result result = g_modules.Plan(names, plan, &count);
  for (int i = 0; result.ok && i < count; ++i) {
    Module& module = g_modules[plan[i]];
    result = Load(module);
    if (!result.ok) return result;
    g_loaded[g_loaded_count++] = plan[i];
    if (out != nullptr) out->Progress("load", module.name, i + 1, count);
  }
  return result;
}

// Unloads the wanted ones that were loaded after the first `keep`.
Result UnloadWanted(Stream* out, int keep) {
  int total = 0, done = 0;
  for (int i = keep; i < g_loaded_count; ++i) total += g_modules[g_loaded[i]].wanted;
  for (int i = g_loaded_count - 1; i >= keep; --i) {
    Module& module = g_modules[g_loaded[i]];
    if (!module.wanted) continue;
    Result result = Unload(module);
    if (!result.ok) return result;
    memmove(g_loaded + i, g_loaded + i + 1,
            static_cast<size_t>(g_loaded_count - i - 1) * sizeof *g_loaded);
    --g_loaded_count;
    if (out != nullptr) out->Progress("unload", module.name, ++done, total);
  }
  return {};
}

Result Churn(Stream& out, uint64_t times, std::string_view names) {
  for (uint64_t i = 0; i < times; ++i) {
    const int before = g_loaded_count;
    Result result = LoadPlanned(nullptr, names);
    if (result.ok) result = g_modules.Want("all");
    if (result.ok) result = UnloadWanted(nullptr, before);
    if (!result.ok) return result;
    out.Progress("churn", "modules", i + 1, times);
  }
  return {};
}

}  // namespace

void TimeLoads(void (*told)(uint64_t ns)) { g_told = told; }

Result LoadModules(Stream& out, std::string_view names) {
  Result result = g_modules.Read();
  if (result.ok) result = LoadPlanned(&out, names);
  return result;
}

Result UnloadModules(Stream& out, std::string_view names) {
  Result result = g_modules.Read();
  if (result.ok) result = g_modules.Want(names);
  if (result.ok) result = UnloadWanted(&out, 0);
  return result;
}

Result ChurnModules(Stream& out, uint64_t times, uint64_t readers, std::string_view names) {
  Result result = g_modules.Read();
  if (!result.ok) return result;
  TableReaders reading;
  result = reading.Start(readers);
  if (result.ok) result = Churn(out, times, names);
  Result read = reading.Stop();
  return result.ok ? read : result;
}

}  // namespace roxlab::probe
