// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_PAGETABLE_DIFF_H_
#define ROXLAB_PAGETABLE_DIFF_H_

#include <cstdint>
#include <string>
#include <vector>

#include "pagetable/dump.h"

namespace roxlab::pagetable {

// How an address is mapped: by an entry of which level, with which flags. Not mapped: all zero.
struct Mapping {
  int8_t level = 0;
  uint16_t flags = 0;
  MemoryType memory = MemoryType::kNone;

  friend bool operator==(const Mapping&, const Mapping&) = default;
};

// Neighbouring addresses that changed in the same way.
struct Difference {
  uint64_t start = 0;
  uint64_t size = 0;
  Mapping before;
  Mapping after;
  std::string region;  // Of `after`, where it begins.

  friend bool operator==(const Difference&, const Difference&) = default;
};

// Where two dumps map differently, ascending. Which level a hole is seen at makes no difference.
// Addresses that only one dump's address space has are not mapped in the other. At most as many
// differences as both dumps have ranges.
std::vector<Difference> DiffDumps(const Dump& before, const Dump& after);

}  // namespace roxlab::pagetable

#endif  // ROXLAB_PAGETABLE_DIFF_H_
