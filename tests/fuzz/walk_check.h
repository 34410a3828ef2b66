// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_TESTS_FUZZ_WALK_CHECK_H_
#define ROXLAB_TESTS_FUZZ_WALK_CHECK_H_

#include <cstdint>
#include <cstdlib>
#include <string>

#include "pagetable/attribution.h"
#include "pagetable/invariants.h"
#include "pagetable/text.h"
#include "pagetable/walk.h"
#include "tests/unit/pagetable_tables.h"

// What the fuzzers of walks share.
namespace roxlab::pagetable {

inline constexpr uint64_t kSeedBase = 0x40000000;

// Aborts unless the attribution's figures are those of its blocks.
inline void CheckAttribution(const Walk& walk, const Dump& regions) {
  const uint64_t start = walk.translations.front().range.start;
  const Attribution result =
      Attribute(walk, regions, {{{start, OwnerKind::kModuleText, "a"}}, {{0, start, "b"}}});
  uint64_t entries = 0, pages = 0, owned = 0;
  for (const Attribution::Block& block : result.blocks) {
    entries += block.entries;
    for (const Attribution::Share& share : block.shares) {
      if (share.owner >= result.owners.size()) std::abort();
      pages += share.pages;
    }
  }
  for (const Attribution::Owner& owner : result.owners) owned += owner.pages;
  if (entries != result.entries || pages != owned) std::abort();
}

// Aborts unless the walk covers the kernel's half without gap or overlap, and can be used.
inline void CheckWalk(const Walk& walk) {
  uint64_t next = ~uint64_t{0} << walk.geometry.va_bits;
  for (const Translation& translation : walk.translations) {
    if (translation.range.start != next || translation.range.size == 0) std::abort();
    next = translation.range.start + translation.range.size;
  }
  if (next != 0) std::abort();
  // Split in two regions, as a dump would.
  const uint64_t start = walk.translations.front().range.start;
  const Dump regions = TwoRegions(start, start + (0 - start) / 2);
  const Dump dump = ToDump(walk, regions);
  if (dump.ranges.size() < walk.translations.size()) std::abort();
  CheckInvariants(walk, regions, {});
  if (WalkText(walk).empty()) std::abort();
  CheckAttribution(walk, regions);
}

// Calls `write(number, tables, geometry)` with what a real kernel's tables look like, in each page
// size.
template <typename Write>
void ForSeeds(Write write) {
  int number = 0;
  for (const Geometry geometry : {Geometry{12, 48}, Geometry{12, 39}, Geometry{14, 47},
                                  Geometry{16, 42}, Geometry{16, 48}, Geometry{12, 52}}) {
    GuestTables tables(geometry, kSeedBase, geometry.page_shift == 16 ? 4 : 8);
    const uint64_t start = ~uint64_t{0} << geometry.va_bits;
    tables.MapPages(start, 0x80000000, 40, kLeafRw);
    tables.MapPages(start + 0x10 * geometry.PageBytes(), 0x80010000, 16, kLeafRo | kCont);
    tables.Map(start + geometry.EntryBytes(2), 0x80000000, 2, kLeafRox);
    write(number++, tables, geometry);
  }
}

// "--write-seeds=DIRECTORY" among the words: calls `write` with it.
inline void TakeSeedsOption(int argc, char** argv, void (*write)(const std::string& directory)) {
  const std::string option = "--write-seeds=";
  for (int i = 1; i < argc; ++i)
    if (std::string word = argv[i]; word.rfind(option, 0) == 0) write(word.substr(option.size()));
}

}  // namespace roxlab::pagetable

#endif  // ROXLAB_TESTS_FUZZ_WALK_CHECK_H_
