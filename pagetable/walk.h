// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_PAGETABLE_WALK_H_
#define ROXLAB_PAGETABLE_WALK_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "pagetable/dump.h"
#include "pagetable/format.h"

namespace roxlab::pagetable {

// Physical memory of a machine at one moment: one stretch of it or several. Borrows the bytes.
class PhysicalMemory {
 public:
  struct Stretch {
    uint64_t base = 0;
    absl::Span<const uint64_t> words;

    uint64_t end() const { return base + words.size() * 8; }
    const uint64_t* At(uint64_t address, size_t count) const {
      const uint64_t first = (address - base) / 8;
      if (address < base || first > words.size() || count > words.size() - first) return nullptr;
      return words.data() + first;
    }
  };
  PhysicalMemory(uint64_t base, absl::Span<const uint64_t> words) : first_{base, words} {}
  // Ascending, without overlap, none of them empty; at least one.
  explicit PhysicalMemory(absl::Span<const Stretch> stretches)
      : first_(stretches.front()), more_(stretches.begin() + 1, stretches.end()) {}

  // Of the first stretch.
  uint64_t base() const { return first_.base; }
  // Of the last stretch.
  uint64_t end() const { return more_.empty() ? first_.end() : more_.back().end(); }
  // Of all together.
  uint64_t bytes() const;
  size_t stretches() const { return 1 + more_.size(); }
  // `count` words from a physical address that is a multiple of 8; nullptr where not all of them
  // are memory of one stretch.
  const uint64_t* At(uint64_t address, size_t count) const {
    const uint64_t* words = first_.At(address, count);
    return words != nullptr || more_.empty() ? words : AtMore(address, count);
  }

 private:
  const uint64_t* AtMore(uint64_t address, size_t count) const;

  Stretch first_;
  std::vector<Stretch> more_;
};

// What the CPU translates kernel addresses with (Arm ARM DDI 0487, "TTBR1_EL1", "TCR_EL1").
struct TranslationRegisters {
  uint64_t ttbr1 = 0;
  uint64_t tcr = 0;
};

// A range as ptdump would give it, and what a dump does not say.
struct Translation {
  Range range;
  uint64_t physical = 0;  // Of range.start; meaningless for a hole.
  // What the tables above take away, whatever the entry says (Arm ARM, "Hierarchical control of
  // data access permissions"): kReadOnly, kNoExec, kNoUserExec.
  uint16_t limits = 0;
  // Every entry maps the same page at `physical`, as KASAN's early shadow does. Otherwise physical
  // addresses ascend with the virtual ones.
  bool repeated = false;

  uint16_t effective_flags() const { return range.flags | limits; }

  friend bool operator==(const Translation&, const Translation&) = default;
};

// The kernel's half of the address space as its translation tables have it: ascending, without gap
// or overlap, from -(2^va_bits) to 2^64. Neighbours are joined that a ptdump would join and that
// are neighbours in physical memory as well.
struct Walk {
  Geometry geometry;
  uint64_t top_table = 0;  // Physical address of the table that a translation begins with.
  std::vector<Translation> translations;
};

// Reads the tables as the architecture defines them: all granules, 36 to 52 bits of virtual and up
// to 52 bits of physical address (FEAT_LPA, FEAT_LPA2), blocks, contiguous groups, hierarchical
// attributes. Shares nothing with the ptdump parser but the types of dump.h, and takes as given
// that EL1 has no permission indirection (FEAT_S1PIE), which QEMU 7.2 has not. The memory types
// are the kernel's own (its MAIR_EL1; arch/arm64/include/asm/memory.h, MT_*).
//
// INVALID_ARGUMENT for registers that no arm64 kernel has. DATA_LOSS, with level and address, for
// a table outside of memory and for tables that loop or are shared as no kernel shares them; takes
// memory and time in proportion to the machine's memory at most.
absl::StatusOr<Walk> WalkTables(const PhysicalMemory& memory,
                                const TranslationRegisters& registers);

// The same from a table and a format that are already known, such as those of a machine that gave
// its tables only. `most_ranges` bounds the memory that this takes.
absl::StatusOr<Walk> WalkTables(const PhysicalMemory& memory, const Format& format,
                                uint64_t top_table, uint64_t most_ranges);

// The walk as a dump, cut into the regions of `regions_of`, a dump of the same moment.
Dump ToDump(const Walk& walk, const Dump& regions_of);

}  // namespace roxlab::pagetable

#endif  // ROXLAB_PAGETABLE_WALK_H_
