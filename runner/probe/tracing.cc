// SPDX-License-Identifier: Apache-2.0
#include "runner/probe/tracing.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <unistd.h>

#include "runner/probe/random.h"

namespace roxlab::probe {
namespace {

constexpr char kKprobes[] = "/sys/kernel/tracing/kprobe_events";
constexpr char kArm[] = "/sys/kernel/tracing/events/roxlab/enable";
constexpr char kFunctions[] = "/sys/kernel/tracing/available_filter_functions";
constexpr char kTracer[] = "/sys/kernel/tracing/current_tracer";

uint64_t g_next = 0;  // The next probe's number.

Result MountTracing() {
  if (access(kTracer, F_OK) == 0) return {};
  if (mount("tracefs", "/sys/kernel/tracing", "tracefs", 0, nullptr) == 0) return {};
  return Result::Fail("cannot mount tracefs: %s (is CONFIG_FTRACE on?)", strerror(errno));
}

struct Function {
  uint64_t hash;
  std::string_view name;
};

int ByHash(const void* left, const void* right) {
  const Function& a = *static_cast<const Function*>(left);
  const Function& b = *static_cast<const Function*>(right);
  if (a.hash != b.hash) return a.hash < b.hash ? -1 : 1;
  return a.name.compare(b.name);
}

// FNV-1a (Fowler, Noll, Vo), mixed.
uint64_t Hash(std::string_view name, uint64_t seed) {
  uint64_t hash = 0xcbf29ce484222325 ^ seed;
  for (char c : name) hash = (hash ^ static_cast<uint8_t>(c)) * 0x100000001b3;
  return Mix(hash);
}

// The kernel's own functions that can be traced, in the order of their hashes; they live for ever.
// Those that cannot are what KASAN, lockdep and tracing itself are made of: a kernel that comes
// upon a kprobe in one while it handles another stops.
Result ReadFunctions(uint64_t seed, Function** functions, size_t* count) {
  static Buffer names;
  if (!names.ReadFile(kFunctions).ok)
    return Result::Fail("cannot read %s: is CONFIG_DYNAMIC_FTRACE on?", kFunctions);
  // "f" is the shortest line.
  const size_t bytes = (names.view().size() / 2 + 1) * sizeof(Function);
  void* memory = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) return Result::Fail("no memory for the names of functions");
  *functions = static_cast<Function*>(memory);
  *count = 0;
  for (std::string_view rest = names.view(); !rest.empty();) {
    const std::string_view name = CutAt(&rest, '\n');
    // "NAME [MODULE]" is a module's.
    if (name.find(' ') == std::string_view::npos)
      (*functions)[(*count)++] = {Hash(name, seed), name};
  }
  qsort(*functions, *count, sizeof(Function), ByHash);
  return {};
}

// Puts a probe on it; 0 or errno.
int AddKprobe(int fd, std::string_view function, uint64_t number) {
  char line[600];
  int size =
      snprintf(line, sizeof line, "p:roxlab/p%llu %.*s\n", static_cast<unsigned long long>(number),
               static_cast<int>(function.size()), function.data());
  if (static_cast<size_t>(size) >= sizeof line) return ENAMETOOLONG;
  return write(fd, line, static_cast<size_t>(size)) < 0 ? errno : 0;
}

}  // namespace

Result AddKprobes(Stream& out, uint64_t count, uint64_t seed) {
  Result result = MountTracing();
  Function* functions = nullptr;
  size_t known = 0;
  int fd = -1;
  if (result.ok && (fd = open(kKprobes, O_WRONLY | O_APPEND | O_CLOEXEC)) < 0)
    result =
        Result::Fail("cannot open %s: %s (is CONFIG_KPROBE_EVENTS on?)", kKprobes, strerror(errno));
  if (result.ok) result = ReadFunctions(SeedOf(seed), &functions, &known);
  if (!result.ok) return result;
  int error = 0;
  uint64_t done = 0;
  for (size_t i = 0; i < known && done < count; ++i) {
    if (int failed = AddKprobe(fd, functions[i].name, g_next); failed != 0) {
      error = failed;
      continue;
    }
    ++g_next;
    if (++done % 100 == 0) out.Progress("probe", functions[i].name, done, count);
  }
  close(fd);
  if (done < count)
    return Result::Fail("only %llu of %llu kprobes could be set: %s",
                        static_cast<unsigned long long>(done),
                        static_cast<unsigned long long>(count), strerror(error));
  error = WriteText(kArm, "1");
  if (error != 0) return Result::Fail("cannot arm the kprobes: %s", strerror(error));
  return {};
}

Result RemoveKprobes() {
  Result result = MountTracing();
  if (!result.ok) return result;
  int error = WriteText(kArm, "0");
  // Opening it so removes every event.
  if (error == 0) error = WriteText(kKprobes, "", O_TRUNC);
  if (error != 0) return Result::Fail("cannot remove the kprobes: %s", strerror(error));
  return {};
}

Result SetTracer(std::string_view name) {
  Result result = MountTracing();
  if (!result.ok) return result;
  int error = WriteText(kTracer, name);
  if (error == 0) return {};
  return Result::Fail("cannot make '%.*s' the tracer: %s (is CONFIG_FUNCTION_TRACER on?)",
                      static_cast<int>(name.size()), name.data(), strerror(error));
}

}  // namespace roxlab::probe
