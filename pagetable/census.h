// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_PAGETABLE_CENSUS_H_
#define ROXLAB_PAGETABLE_CENSUS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "pagetable/dump.h"

namespace roxlab::pagetable {

// What one region's page tables hold.
//
// An entry is a descriptor that is not zero (a line of ptdump with flags). Most are valid (bit 0,
// Arm ARM DDI 0487, "VMSAv8-64 translation table format descriptors"). Some the kernel made invalid
// for a time and keeps the rest of (PTE_PRESENT_INVALID, arch/arm64/include/asm/pgtable-prot.h;
// ptdump's "F"): freed init memory, for one. They count as entries, since they take their place in
// a table and keep a block split, as in the counts that kernel developers publish; they map no
// bytes and need no TLB entry. Zero descriptors (holes) count for nothing but table_bytes.
//
// Levels are the architecture's: with 4 KiB pages a level 3 entry maps 4 KiB, a level 2 block
// 2 MiB, a level 1 block 1 GiB; see Geometry for the others.
struct RegionCensus {
  std::string region;

  // Block entries of levels 1 and 2.
  uint64_t l1_blocks = 0;
  uint64_t l2_blocks = 0;
  // Those of l2_blocks with the Contiguous bit (Arm ARM, "The Contiguous bit").
  uint64_t l2_blocks_cont = 0;
  // Page entries (level 3): all, with and without the Contiguous bit.
  // l3_entries = l3_entries_cont + l3_entries_noncont.
  uint64_t l3_entries = 0;
  uint64_t l3_entries_cont = 0;
  uint64_t l3_entries_noncont = 0;
  // Distinct level 3 tables that hold at least one of l3_entries. A table spans what a level 2
  // entry maps (PMD_SIZE, the kernel's arch/arm64/include/asm/pgtable-hwdef.h).
  uint64_t l3_tables = 0;
  // Memory of all tables below the top level that the dump proves: one page each. A line of level
  // N, also a hole or an invalid entry, was read from a table of level N (ptdump_hole() and
  // ptdump_pte_entry() in mm/ptdump.c), which hangs in one of level N - 1 and so on. So, unlike
  // l3_tables, this has tables with nothing in them. A table that two regions share counts
  // in both.
  uint64_t table_bytes = 0;
  // Bytes mapped valid, by what EL1 may do: AP[2] read-only or not, PXN or not (arch/arm64/mm/
  // ptdump.c, pte_bits[]). wx is writable and executable. Only leaf descriptors are known, not the
  // limits that tables put on what is below them (APTable, PXNTable).
  uint64_t bytes_rw = 0;
  uint64_t bytes_ro = 0;
  uint64_t bytes_rox = 0;
  uint64_t bytes_wx = 0;
  // Fewest TLB entries that cover the region: one for each valid block or page; of levels 2 and 3
  // one for each aligned contiguous group (16 entries with 4 KiB pages; 128 pages or 32 blocks
  // with 16 KiB; 32 with 64 KiB), as the Contiguous bit lets the TLB cache the group as one
  // entry. A CPU may have to use more, and some merge more than the architecture asks for.
  uint64_t tlb_entries = 0;
};

struct Census {
  // One per name, in the order of the address space. Without "kasan": where shadow memory is not
  // backed, all tables are one shared table that ptdump prints as if it were mapped page by page
  // (note_kasan_page_table() in mm/ptdump.c), so counts would mean nothing.
  std::vector<RegionCensus> regions;
};

// One pass over the ranges, whatever their size.
Census TakeCensus(const Dump& dump);

// One number of a census.
struct Measure {
  std::string name;  // "region.metric", e.g. "linear.l3_entries".
  uint64_t value = 0;
  absl::string_view unit;  // "entries", "tables" or "bytes"; lives for ever.
};

// All numbers of all regions, zeros too, in the order of the struct above.
std::vector<Measure> Measures(const Census& census);

// The names of all measures of the regions that arm64 kernels print (address_markers[] of
// arch/arm64/mm/ptdump.c).
std::vector<std::string> MeasureNames();

}  // namespace roxlab::pagetable

#endif  // ROXLAB_PAGETABLE_CENSUS_H_
