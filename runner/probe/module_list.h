// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_RUNNER_PROBE_MODULE_LIST_H_
#define ROXLAB_RUNNER_PROBE_MODULE_LIST_H_

#include <cstdint>
#include <string_view>

#include "runner/probe/system.h"

namespace roxlab::probe {

struct Module {
  static constexpr int kMaxNeeds = 30;

  char name[64];  // As the kernel knows it: "nf_conntrack".
  char path[96];
  int16_t needs[kMaxNeeds];  // Numbers of the modules that must be there before; see need_count.
  int need_count;            // -1: not read yet.
  bool loaded;
  bool wanted;
};

// The build's modules, numbered in its load order, dependencies first.
class ModuleList {
 public:
  static constexpr int kMaxModules = 4096;

  // Reads the order, once.
  Result Read();
  int size() const { return size_; }
  Module& operator[](int number) { return modules_[number]; }

  // Sets `wanted` of all of them: of those named, or of every one for "all".
  Result Want(std::string_view names);
  // The numbers of those to load for `names` in that order, `*count` of them.
  Result Plan(std::string_view names, int16_t* plan, int* count);

 private:
  Module* Find(std::string_view word);
  Result FindNamed(std::string_view word, Module** module);
  // Reads what the module needs from the "depends=a,b" that modpost leaves in its file.
  Result ReadNeeds(Module& module);
  // Appends the module after all that it needs, unless it is loaded or planned (`wanted`).
  Result Place(Module& module, int16_t* plan, int* count);

  Module modules_[kMaxModules];
  int size_ = -1;  // -1: not read yet.
};

}  // namespace roxlab::probe

#endif  // ROXLAB_RUNNER_PROBE_MODULE_LIST_H_
