// SPDX-License-Identifier: Apache-2.0
#include "runner/probe/module_list.h"

#include <stdio.h>
#include <string.h>

#include "runner/probe/stream_format.h"

namespace roxlab::probe {
namespace {

// "nf-conntrack.ko" and "nf_conntrack" are both nf_conntrack.
void KernelName(std::string_view word, char (&name)[64]) {
  if (word.ends_with(".ko")) word.remove_suffix(3);
  snprintf(name, sizeof name, "%.*s", static_cast<int>(word.size()), word.data());
  for (char& c : name) c = c == '-' ? '_' : c;
}

}  // namespace

Result ModuleList::Read() {
  if (size_ >= 0) return {};
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
    Module& module = modules_[count++];
    KernelName(file, module.name);
    snprintf(module.path, sizeof module.path, "%s/%.*s", kModulesPath,
             static_cast<int>(file.size()), file.data());
    module.need_count = -1;
  }
  size_ = count;
  return {};
}

Module* ModuleList::Find(std::string_view word) {
  char name[64];
  KernelName(word, name);
  for (int i = 0; i < size_; ++i)
    if (strcmp(modules_[i].name, name) == 0) return &modules_[i];
  return nullptr;
}

Result ModuleList::FindNamed(std::string_view word, Module** module) {
  *module = Find(word);
  if (*module != nullptr) return {};
  return Result::Fail("the build has no module '%.*s'", static_cast<int>(word.size()), word.data());
}

Result ModuleList::Want(std::string_view names) {
  for (int i = 0; i < size_; ++i) modules_[i].wanted = names == "all";
  if (names == "all") return {};
  while (!names.empty()) {
    std::string_view word = CutAt(&names, ' ');
    if (word.empty()) continue;
    Module* module = nullptr;
    Result result = FindNamed(word, &module);
    if (!result.ok) return result;
    module->wanted = true;
  }
  return {};
}

Result ModuleList::ReadNeeds(Module& module) {
  static Buffer file;
  constexpr std::string_view kDepends("\0depends=", 9);
  if (module.need_count >= 0) return {};
  Result result = file.ReadFile(module.path);
  if (!result.ok) return result;
  module.need_count = 0;
  std::string_view content = file.view();
  size_t at = content.find(kDepends);
  if (at == std::string_view::npos) return {};
  content.remove_prefix(at + kDepends.size());
  for (std::string_view list = CutAt(&content, '\0'); !list.empty();) {
    const Module* needed = Find(CutAt(&list, ','));
    if (needed == nullptr) continue;  // Built in.
    if (module.need_count == Module::kMaxNeeds)
      return Result::Fail("module %s needs more than %d others", module.name, Module::kMaxNeeds);
    module.needs[module.need_count++] = static_cast<int16_t>(needed - modules_);
  }
  return {};
}

Result ModuleList::Place(Module& module, int16_t* plan, int* count) {
  if (module.loaded || module.wanted) return {};
  module.wanted = true;
  Result result = ReadNeeds(module);
  for (int i = 0; result.ok && i < module.need_count; ++i)
    result = Place(modules_[module.needs[i]], plan, count);
  plan[(*count)++] = static_cast<int16_t>(&module - modules_);
  return result;
}

Result ModuleList::Plan(std::string_view names, int16_t* plan, int* count) {
  *count = 0;
  for (int i = 0; i < size_; ++i) modules_[i].wanted = false;
  if (names == "all") {
    for (int i = 0; i < size_; ++i)
      if (!modules_[i].loaded) plan[(*count)++] = static_cast<int16_t>(i);
    return {};
  }
  while (!names.empty()) {
    std::string_view word = CutAt(&names, ' ');
    if (word.empty()) continue;
    Module* module = nullptr;
    Result result = FindNamed(word, &module);
    if (result.ok) result = Place(*module, plan, count);
    if (!result.ok) return result;
  }
  return {};
}

}  // namespace roxlab::probe
