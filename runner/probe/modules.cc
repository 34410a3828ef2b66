// SPDX-License-Identifier: Apache-2.0
#include "runner/probe/modules.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace roxlab::probe {
namespace {

constexpr int kMaxModules = 4096;

struct Module {
  char name[64];  // As the kernel knows it: "nf_conntrack".
  char path[96];
  bool loaded = false;
  bool wanted = false;
};

Module g_modules[kMaxModules];  // In load order.
int g_count = -1;               // -1: the order was not read yet.

// "nf-conntrack.ko" and "nf_conntrack" are both nf_conntrack.
void KernelName(std::string_view word, char (&name)[64]) {
  if (word.ends_with(".ko")) word.remove_suffix(3);
  snprintf(name, sizeof name, "%.*s", static_cast<int>(word.size()), word.data());
  for (char& c : name) c = c == '-' ? '_' : c;
}

Result ReadLoadOrder() {
  if (g_count >= 0) return {};
  Buffer order;
  char path[128];
  snprintf(path, sizeof path, "%s/load-order", kModulesPath);
  Result result = order.ReadFile(path);
  if (!result.ok) return result;
  int count = 0;
  for (std::string_view rest = order.view(); !rest.empty();) {
    std::string_view file = CutAt(&rest, '\n');
    if (file.empty()) continue;
    if (count == kMaxModules) return Result::Fail("more than %d modules", kMaxModules);
    Module& module = g_modules[count++];
    KernelName(file, module.name);
    snprintf(module.path, sizeof module.path, "%s/%.*s", kModulesPath,
             static_cast<int>(file.size()), file.data());
  }
  g_count = count;
  return {};
}

Module* Find(std::string_view word) {
  char name[64];
  KernelName(word, name);
  for (int i = 0; i < g_count; ++i)
    if (strcmp(g_modules[i].name, name) == 0) return &g_modules[i];
  return nullptr;
}

// Marks what `names` asks for.
Result Want(std::string_view names) {
  for (int i = 0; i < g_count; ++i) g_modules[i].wanted = names == "all";
  if (names == "all") return {};
  while (!names.empty()) {
    std::string_view word = CutAt(&names, ' ');
    if (word.empty()) continue;
    Module* module = Find(word);
    if (module == nullptr)
      return Result::Fail("the build has no module '%.*s'", static_cast<int>(word.size()),
                          word.data());
    module->wanted = true;
  }
  return {};
}

// Marks what the marked ones need, from the "depends=a,b" that modpost leaves in each file.
Result WantDependencies() {
  static Buffer file;
  constexpr std::string_view kDepends("\0depends=", 9);
  // Dependencies come first in the order, so one pass from the end sees them all.
  for (int i = g_count - 1; i >= 0; --i) {
    if (!g_modules[i].wanted) continue;
    Result result = file.ReadFile(g_modules[i].path);
    if (!result.ok) return result;
    std::string_view content = file.view();
    size_t at = content.find(kDepends);
    if (at == std::string_view::npos) continue;
    content.remove_prefix(at + kDepends.size());
    for (std::string_view list = CutAt(&content, '\0'); !list.empty();)
      if (Module* module = Find(CutAt(&list, ','))) module->wanted = true;
  }
  return {};
}

int CountWanted(bool loaded) {
  int count = 0;
  for (int i = 0; i < g_count; ++i) count += g_modules[i].wanted && g_modules[i].loaded == loaded;
  return count;
}

void Tell(Stream& out, const Module& module, const char* verb, int done, int total) {
  char payload[64];
  int size = snprintf(payload, sizeof payload, "%s %d %d", verb, done, total);
  out.Write(RecordType::kModule, module.name, {payload, static_cast<size_t>(size)});
}

int Load(const Module& module) {
  int fd = open(module.path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return errno;
  int error = syscall(SYS_finit_module, fd, "", 0) == 0 ? 0 : errno;
  close(fd);
  return error;
}

int Unload(const Module& module) {
  // The kernel's own threads (a cipher's self-test, say) hold a module for a little while.
  for (int i = 0;; ++i) {
    if (syscall(SYS_delete_module, module.name, O_NONBLOCK) == 0) return 0;
    if (errno != EAGAIN || i == 200) return errno;
    SleepMs(10);
  }
}

}  // namespace

Result LoadModules(Stream& out, std::string_view names) {
  Result result = ReadLoadOrder();
  if (result.ok) result = Want(names);
  if (result.ok && names != "all") result = WantDependencies();
  if (!result.ok) return result;
  const int total = CountWanted(false);
  for (int i = 0, done = 0; i < g_count; ++i) {
    Module& module = g_modules[i];
    if (!module.wanted || module.loaded) continue;
    if (int error = Load(module); error != 0)
      return Result::Fail("module %s does not load: %s (%s)", module.name, strerrorname_np(error),
                          strerror(error));
    module.loaded = true;
    Tell(out, module, "load", ++done, total);
  }
  return {};
}

Result UnloadModules(Stream& out, std::string_view names) {
  Result result = ReadLoadOrder();
  if (result.ok) result = Want(names);
  if (!result.ok) return result;
  const int total = CountWanted(true);
  for (int i = g_count - 1, done = 0; i >= 0; --i) {
    Module& module = g_modules[i];
    if (!module.wanted || !module.loaded) continue;
    if (int error = Unload(module); error != 0)
      return Result::Fail("module %s does not unload: %s (%s)", module.name, strerrorname_np(error),
                          strerror(error));
    module.loaded = false;
    Tell(out, module, "unload", ++done, total);
  }
  return {};
}

}  // namespace roxlab::probe
