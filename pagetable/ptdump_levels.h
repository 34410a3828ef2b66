// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_PAGETABLE_PTDUMP_LEVELS_H_
#define ROXLAB_PAGETABLE_PTDUMP_LEVELS_H_

#include <array>
#include <cstdint>

#include "absl/status/statusor.h"
#include "pagetable/dump.h"
#include "pagetable/ptdump_line.h"

// From the kernel's static level names to the architecture's levels. Internal to the parser.
namespace roxlab::pagetable {

// What the ranges of a dump tell about the page size, gathered range by range.
class LevelEvidence {
 public:
  // `addresses`: start and end of a range of `level`, or-ed.
  void Add(LevelName level, uint64_t addresses) {
    bits_[static_cast<size_t>(level)] |= addresses;
    seen_[static_cast<size_t>(level)] = true;
  }
  // The page size asked for, or the largest that everything seen agrees with; where nothing agrees,
  // the smallest that the address width allows (the caller then finds the line that does not fit).
  // INVALID_ARGUMENT when arm64 has no such page size and width.
  absl::StatusOr<Geometry> Infer(int va_bits, uint64_t page_size) const;

 private:
  bool Agrees(const Geometry& geometry) const;

  std::array<uint64_t, 5> bits_{};
  std::array<bool, 5> seen_{};
};

// Replaces the level name in range->level by the architecture's level. Returns what contradicts the
// geometry, or nullptr.
const char* SettleLevel(const Geometry& geometry, Range* range);

}  // namespace roxlab::pagetable

#endif  // ROXLAB_PAGETABLE_PTDUMP_LEVELS_H_
