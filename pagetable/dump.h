// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_PAGETABLE_DUMP_H_
#define ROXLAB_PAGETABLE_DUMP_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "pagetable/geometry.h"

namespace roxlab::pagetable {

// What an entry says beside its address and memory type. Names are those of the architecture's
// stage 1 descriptors; in brackets what ptdump prints.
enum Flag : uint16_t {
  kValid = 1 << 0,       // Translates ["F" when it does not].
  kUser = 1 << 1,        // EL0 may access [USR].
  kReadOnly = 1 << 2,    // AP[2] [ro, otherwise RW].
  kNoExec = 1 << 3,      // PXN: the kernel may not execute [NX, otherwise x].
  kShared = 1 << 4,      // [SHD]
  kAccessed = 1 << 5,    // [AF]
  kNotGlobal = 1 << 6,   // [NG]
  kContiguous = 1 << 7,  // Contiguous bit [CON].
  kBlock = 1 << 8,       // A block of level 1 or 2, not a page [BLK].
  kNoUserExec = 1 << 9,  // UXN [UXN].
  kGuarded = 1 << 10,    // BTI guarded page [GP].
};

enum class MemoryType : uint8_t {
  kNone,  // Nothing is there: the entry is zero.
  kNormal,
  kNormalTagged,
  kNormalNonCacheable,
  kNormalWriteThrough,
  kDeviceNGnRnE,
  kDeviceNGnRE,
  kDeviceGRE,
};

// Neighbouring entries of one level with equal flags and memory type.
struct Range {
  uint64_t start = 0;  // Virtual address.
  uint64_t size = 0;   // Bytes, never 0.
  uint32_t line = 0;   // Line of the text it came from, counted from 1.
  uint16_t flags = 0;
  MemoryType memory = MemoryType::kNone;
  int8_t level = 3;  // Of the entries, as the architecture counts; see Geometry.

  // Last byte; an exclusive end would not fit where the range ends at 2^64.
  uint64_t last() const { return start + (size - 1); }
  // Not even an invalid entry with bits in it.
  bool hole() const { return memory == MemoryType::kNone; }
  bool valid() const { return (flags & kValid) != 0; }

  friend bool operator==(const Range&, const Range&) = default;
};

// A stretch of the address space that the kernel has a name for.
struct Region {
  // Stable and short: linear, kasan, modules, vmalloc, vmemmap, pci_io, fixmap; "guard" for what
  // lies between two of them (there may be several); the marker in lower_snake_case where it is
  // none of these.
  std::string name;
  // Its ranges: Dump::ranges[first] up to and without [end].
  size_t first = 0;
  size_t end = 0;
};

// The kernel's half of the address space at one moment: ranges without gap or overlap, ascending,
// from -(2^va_bits) to 2^64, and regions that together hold each range exactly once.
struct Dump {
  Geometry geometry;
  std::vector<Region> regions;
  std::vector<Range> ranges;
};

}  // namespace roxlab::pagetable

#endif  // ROXLAB_PAGETABLE_DUMP_H_
