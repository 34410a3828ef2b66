// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_PAGETABLE_FORMAT_H_
#define ROXLAB_PAGETABLE_FORMAT_H_

#include <cstdint>

#include "pagetable/geometry.h"

// What it takes to find all tables of the EL1&0 translation regime, stage 1. Source: Arm ARM
// DDI 0487, "VMSAv8-64 translation table format descriptors". Plain C++ without libraries: the
// probe finds its tables with it too.
namespace roxlab::pagetable {

// value[high:low], as the manual writes it.
constexpr uint64_t Bits(uint64_t value, int high, int low) {
  return (value >> low) & ((uint64_t{1} << (high - low + 1)) - 1);
}

// What the registers say of all descriptors.
struct Format {
  Geometry geometry;
  bool wide_addresses = false;  // 52-bit output addresses: FEAT_LPA (64K), FEAT_LPA2 (4K, 16K).
  bool hierarchical = true;     // Tables limit what is below them (TCR_EL1.HPD1 is clear).

  // Entries of the table that translation starts at, and of every other.
  uint64_t TopEntries() const {
    return uint64_t{1} << (geometry.va_bits - geometry.Shift(geometry.TopLevel()));
  }
  uint64_t TableEntries() const { return geometry.PageBytes() / sizeof(uint64_t); }
};

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

}  // namespace roxlab::pagetable

#endif  // ROXLAB_PAGETABLE_FORMAT_H_
