// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_TESTS_UNIT_PAGETABLE_TABLES_H_
#define ROXLAB_TESTS_UNIT_PAGETABLE_TABLES_H_

#include <cstdint>
#include <vector>

#include "pagetable/geometry.h"
#include "pagetable/walk.h"

namespace roxlab::pagetable {

// Attribute bits of a leaf, as an arm64 kernel sets them.
inline constexpr uint64_t kLeafRw = 0x0068000000000703;   // UXN PXN AF SH: kernel data.
inline constexpr uint64_t kLeafRo = kLeafRw | 0x80;       // AP[2]
inline constexpr uint64_t kLeafRox = 0x0044000000000783;  // UXN GP AF SH AP[2]: kernel text.
inline constexpr uint64_t kLeafWx = 0x0040000000000703;
inline constexpr uint64_t kCont = uint64_t{1} << 52;

// Translation tables in a memory of the test's own, filled entry by entry.
class GuestTables {
 public:
  explicit GuestTables(Geometry geometry = {}, uint64_t base = 0x40000000, size_t tables = 1200)
      : geometry_(geometry), base_(base), words_(tables * geometry.PageBytes() / 8) {
    top_ = NewTable();
  }

  // Maps one entry of `level` at `address`; `leaf` are attributes of a page (kLeafRw ...).
  void Map(uint64_t address, uint64_t physical, int level, uint64_t leaf) {
    const uint64_t type = level == 3 ? 3 : 1;
    *Entry(address, level) = physical | (leaf & ~uint64_t{3}) | type;
  }
  void MapPages(uint64_t address, uint64_t physical, int count, uint64_t leaf) {
    for (int i = 0; i < count; ++i)
      Map(address + i * geometry_.PageBytes(), physical + i * geometry_.PageBytes(), 3, leaf);
  }

  // The entry of `level` for an address; tables above it are made when they are not there.
  uint64_t* Entry(uint64_t address, int level) {
    uint64_t* table = Words(top_);
    for (int above = geometry_.TopLevel(); above < level; ++above) {
      uint64_t& entry = table[Index(address, above)];
      if (entry == 0) entry = NewTable() | 3;
      table = Words(entry & 0x0000fffffffff000);
    }
    return &table[Index(address, level)];
  }
  uint64_t* Words(uint64_t physical) { return words_.data() + (physical - base_) / 8; }

  uint64_t NewTable() {
    uint64_t address = base_ + used_ * geometry_.PageBytes();
    ++used_;
    return address;
  }

  PhysicalMemory memory() const { return {base_, words_}; }
  TranslationRegisters registers() const {
    const uint64_t granule = geometry_.page_shift == 12 ? 2 : geometry_.page_shift == 14 ? 1 : 3;
    return {top_ | 1, granule << 30 | static_cast<uint64_t>(64 - geometry_.va_bits) << 16};
  }
  absl::StatusOr<Walk> Walked() const { return WalkTables(memory(), registers()); }
  uint64_t base() const { return base_; }
  uint64_t top() const { return top_; }

 private:
  size_t Index(uint64_t address, int level) const {
    const int bits = level == geometry_.TopLevel() ? geometry_.va_bits - geometry_.Shift(level)
                                                   : geometry_.page_shift - 3;
    return (address >> geometry_.Shift(level)) & ((uint64_t{1} << bits) - 1);
  }

  Geometry geometry_;
  uint64_t base_, top_ = 0, used_ = 0;
  std::vector<uint64_t> words_;
};

// The regions of a dump: "linear" from `linear` up to `modules`, and "modules", the rest.
inline Dump TwoRegions(uint64_t linear, uint64_t modules) {
  Dump regions;
  regions.ranges.resize(2);
  regions.ranges[0].start = linear;
  regions.ranges[0].size = modules - linear;
  regions.ranges[1].start = modules;
  regions.ranges[1].size = 0 - modules;
  regions.regions = {{"linear", 0, 1}, {"modules", 1, 2}};
  return regions;
}

// The ranges of a walk that are not holes.
inline std::vector<Translation> Mapped(const Walk& walk) {
  std::vector<Translation> mapped;
  for (const Translation& translation : walk.translations)
    if (!translation.range.hole()) mapped.push_back(translation);
  return mapped;
}

}  // namespace roxlab::pagetable

#endif  // ROXLAB_TESTS_UNIT_PAGETABLE_TABLES_H_
