// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_PAGETABLE_GEOMETRY_H_
#define ROXLAB_PAGETABLE_GEOMETRY_H_

#include <cstdint>

namespace roxlab::pagetable {

// Sizes that follow from the page size and the width of virtual addresses. Levels are the
// architecture's: 3 holds pages, 2 and 1 may hold blocks, the top level depends on the width.
// Source: Arm ARM (DDI 0487), "Translation granules"; the kernel's
// arch/arm64/include/asm/pgtable-hwdef.h (ARM64_HW_PGTABLE_LEVELS, ..._LEVEL_SHIFT).
struct Geometry {
  int page_shift = 12;  // 12, 14 or 16.
  int va_bits = 48;     // Width of a kernel address, 36 to 52.

  // Levels of tables: 2 to 5.
  int Levels() const;
  // The level that translation starts at: -1 to 2.
  int TopLevel() const { return 4 - Levels(); }
  // log2 of the bytes that one entry of `level` maps.
  int Shift(int level) const { return (page_shift - 3) * (4 - level) + 3; }
  uint64_t EntryBytes(int level) const { return uint64_t{1} << Shift(level); }
  uint64_t PageBytes() const { return uint64_t{1} << page_shift; }
  // Entries of `level` (2 or 3) that one contiguous group joins. Source: arch/arm64/Kconfig,
  // ARM64_CONT_PTE_SHIFT and ARM64_CONT_PMD_SHIFT; Arm ARM, "The Contiguous bit".
  uint64_t ContiguousEntries(int level) const;
};

// Whether arm64 Linux has kernels with this page size and address width (arch/arm64/Kconfig,
// ARM64_VA_BITS; a 52-bit kernel runs with 47 or 48 bits where the CPU has no more).
bool IsKernelGeometry(const Geometry& geometry);

}  // namespace roxlab::pagetable

#endif  // ROXLAB_PAGETABLE_GEOMETRY_H_
