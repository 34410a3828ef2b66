// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_PAGETABLE_DESCRIPTOR_H_
#define ROXLAB_PAGETABLE_DESCRIPTOR_H_

#include <cstdint>

#include "absl/status/statusor.h"
#include "pagetable/dump.h"
#include "pagetable/walk.h"

// Stage 1 descriptors of the EL1&0 translation regime. Source: Arm ARM DDI 0487, "VMSAv8-64
// translation table format descriptors". Internal to the walker.
namespace roxlab::pagetable {

// What the registers say of all descriptors.
struct Format {
  Geometry geometry;
  bool wide_addresses = false;  // 52-bit output addresses: FEAT_LPA (64K), FEAT_LPA2 (4K, 16K).
  bool hierarchical = true;     // Tables limit what is below them (TCR_EL1.HPD1 is clear).
};

// INVALID_ARGUMENT when no arm64 kernel runs with these.
absl::StatusOr<Format> FormatOf(const TranslationRegisters& registers);

// Where translation starts.
uint64_t TopTable(const Format& format, uint64_t ttbr1);

enum class Kind {
  kHole,   // All zero.
  kTable,  // Points to a table of the next level.
  kLeaf,   // A block or page, valid or made invalid for a time.
};
inline Kind KindOf(uint64_t descriptor, int level) {
  if (descriptor == 0) return Kind::kHole;
  return level < 3 && (descriptor & 3) == 3 ? Kind::kTable : Kind::kLeaf;
}

// Output address of a leaf of `level` or of a table descriptor (`level` 3: a page's worth of bits).
uint64_t OutputAddress(const Format& format, uint64_t descriptor, int level);

// A leaf's flags and memory type.
uint16_t LeafFlags(const Format& format, uint64_t descriptor, int level);
MemoryType LeafMemory(uint64_t descriptor);

// What a table descriptor takes away from all below it.
uint16_t TableLimits(const Format& format, uint64_t descriptor);

}  // namespace roxlab::pagetable

#endif  // ROXLAB_PAGETABLE_DESCRIPTOR_H_
