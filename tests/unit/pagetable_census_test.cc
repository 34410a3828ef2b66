// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "pagetable/census.h"
#include "tests/unit/pagetable_text.h"

namespace roxlab::pagetable {
namespace {

constexpr uint64_t kKiB = 1024;

RegionCensus Linear(const Dump& dump) {
  Census census = TakeCensus(dump);
  EXPECT_FALSE(census.regions.empty());
  if (census.regions.empty()) return {};
  EXPECT_EQ(census.regions[0].region, "linear");
  return census.regions[0];
}

TEST(Census, CountsBlocksAndPagesOfEachLevel) {
  RegionCensus linear = Linear(MustParse(LinearDump({{1024 * kMiB, "PUD", kBlockRw},
                                                     {32 * kMiB, "PMD", kBlockCon},
                                                     {6 * kMiB, "PMD", kBlockRw},
                                                     {64 * kKiB, "PTE", kPageCon},
                                                     {12 * kKiB, "PTE", kPageRo}})));
  EXPECT_EQ(linear.l1_blocks, 1u);
  EXPECT_EQ(linear.l2_blocks, 19u);
  EXPECT_EQ(linear.l2_blocks_cont, 16u);
  EXPECT_EQ(linear.l3_entries, 19u);
  EXPECT_EQ(linear.l3_entries_cont, 16u);
  EXPECT_EQ(linear.l3_entries_noncont, 3u);
}

TEST(Census, AContiguousGroupIsOneTlbEntry) {
  RegionCensus linear = Linear(MustParse(LinearDump({{1024 * kMiB, "PUD", kBlockRw},   // 1
                                                     {64 * kMiB, "PMD", kBlockCon},    // 2
                                                     {6 * kMiB, "PMD", kBlockRw},      // 3
                                                     {128 * kKiB, "PTE", kPageCon},    // 2
                                                     {12 * kKiB, "PTE", kPageRo}})));  // 3
  EXPECT_EQ(linear.tlb_entries, 11u);
}

TEST(Census, GroupsHaveTheLengthOfTheirPageSize) {
  struct {
    int page_shift;
    int level;
    uint64_t entries;
  } const cases[] = {{12, 3, 16}, {12, 2, 16}, {14, 3, 128}, {14, 2, 32}, {16, 3, 32}, {16, 2, 32}};
  for (const auto& c : cases) {
    Dump dump{.geometry = {.page_shift = c.page_shift, .va_bits = 48},
              .regions = {{"linear", 0, 1}},
              .ranges = {}};
    Range range{.start = kLinear, .flags = kValid | kContiguous, .memory = MemoryType::kNormal};
    range.level = static_cast<int8_t>(c.level);
    range.size = 2 * c.entries * dump.geometry.EntryBytes(c.level);
    dump.ranges = {range};
    EXPECT_EQ(Linear(dump).tlb_entries, 2u) << c.page_shift << " " << c.level;
  }
}

TEST(Census, AnInvalidEntryIsAnEntryThatMapsNothing) {
  RegionCensus linear =
      Linear(MustParse(LinearDump({{4 * kKiB, "PTE", kInvalid}, {8 * kKiB, "PTE"}})));
  EXPECT_EQ(linear.l3_entries, 1u);
  EXPECT_EQ(linear.l3_tables, 1u);
  EXPECT_EQ(linear.tlb_entries, 0u);
  EXPECT_EQ(linear.bytes_rw, 0u);
}

TEST(Census, HolesAreNoEntries) {
  RegionCensus linear = Linear(MustParse(LinearDump({{2 * kMiB, "PTE"}, {2 * kMiB, "PMD"}})));
  EXPECT_EQ(linear.l3_entries, 0u);
  EXPECT_EQ(linear.l3_tables, 0u);
  EXPECT_EQ(linear.l2_blocks, 0u);
}

TEST(Census, BytesAreSortedByPermission) {
  RegionCensus linear = Linear(MustParse(LinearDump({{4 * kKiB, "PTE", kPage},
                                                     {8 * kKiB, "PTE", kPageRo},
                                                     {12 * kKiB, "PTE", kText},
                                                     {16 * kKiB, "PTE", kWriteExec}})));
  EXPECT_EQ(linear.bytes_rw, 4 * kKiB);
  EXPECT_EQ(linear.bytes_ro, 8 * kKiB);
  EXPECT_EQ(linear.bytes_rox, 12 * kKiB);
  EXPECT_EQ(linear.bytes_wx, 16 * kKiB);
}

TEST(Census, ALevel3TableCountsOnceHoweverManyRangesItHolds) {
  RegionCensus linear = Linear(MustParse(LinearDump({{4 * kKiB, "PTE", kPage},
                                                     {4 * kKiB, "PTE", kPageRo},
                                                     {2040 * kKiB, "PTE", kPage},
                                                     {4 * kMiB, "PMD", kBlockRw},
                                                     {3 * kMiB, "PTE", kPage}})));
  EXPECT_EQ(linear.l3_tables, 3u);
}

// The linear map of 1 GiB without blocks: 512 tables of level 3, one of level 2, one of level 1.
TEST(Census, AFullyPageMappedGibibyteHas262144EntriesIn514Tables) {
  RegionCensus linear = Linear(MustParse(LinearDump({{1024 * kMiB, "PTE", kPage}})));
  EXPECT_EQ(linear.l3_entries, 262144u);
  EXPECT_EQ(linear.l3_tables, 512u);
  EXPECT_EQ(linear.table_bytes, 514u * 4096);
}

TEST(Census, TableBytesHasTablesWithNothingInThem) {
  RegionCensus linear =
      Linear(MustParse(LinearDump({{2 * kMiB, "PTE"}, {2 * kMiB, "PMD", kBlockRw}})));
  EXPECT_EQ(linear.l3_tables, 0u);
  EXPECT_EQ(linear.table_bytes, 3u * 4096);  // Levels 3, 2 and 1.
}

TEST(Census, AHoleOfTheTopLevelProvesNoTable) {
  EXPECT_EQ(Linear(MustParse(absl::StrCat("---[ Linear Mapping start ]---\n",
                                          RangeLine(kLinear, 0, "PGD"))))
                .table_bytes,
            0u);
}

TEST(Census, KasanIsLeftOutAndGapsAreOneRegion) {
  std::string text = absl::StrCat(
      "---[ Linear Mapping start ]---\n", RangeLine(kLinear, kLinear + (1ull << 39), "PGD"),
      "---[ Linear Mapping end ]---\n",
      RangeLine(kLinear + (1ull << 39), kLinear + (2ull << 39), "PGD"),
      "---[ Kasan shadow start ]---\n",
      RangeLine(kLinear + (2ull << 39), kLinear + (3ull << 39), "PTE", kPageRo),
      "---[ Kasan shadow end ]---\n", RangeLine(kLinear + (3ull << 39), 0, "PGD"));
  std::vector<std::string> names;
  for (const RegionCensus& region : TakeCensus(MustParse(text)).regions)
    names.push_back(region.region);
  EXPECT_THAT(names, ::testing::ElementsAre("linear", "guard"));
}

TEST(Census, MeasuresNameEveryNumberWithItsUnit) {
  Census census = TakeCensus(MustParse(LinearDump({{12 * kKiB, "PTE", kPage}})));
  std::vector<Measure> measures = Measures(census);
  EXPECT_EQ(measures.size(), 13u);
  EXPECT_EQ(measures[3].name, "linear.l3_entries");
  EXPECT_EQ(measures[3].value, 3u);
  EXPECT_EQ(measures[3].unit, "entries");
  EXPECT_EQ(measures[6].name, "linear.l3_tables");
  EXPECT_EQ(measures[6].unit, "tables");
  EXPECT_EQ(measures[8].name, "linear.bytes_rw");
  EXPECT_EQ(measures[8].value, 12 * kKiB);
  EXPECT_EQ(measures[8].unit, "bytes");
}

// Dumps of 7.3 with 1 GiB in QEMU. The counts were made from the text by an awk script that shares
// nothing with the parser.
TEST(Census, CountsOfRealDumpsAreRight) {
  RegionCensus boot = Linear(MustParse(TestData("ptdump-stock-boot.txt"), 0));
  EXPECT_EQ(boot.l3_entries, 1024u);
  EXPECT_EQ(boot.l3_entries_cont, 1008u);
  EXPECT_EQ(boot.l2_blocks, 510u);
  EXPECT_EQ(boot.l2_blocks_cont, 496u);
  EXPECT_EQ(boot.l3_tables, 2u);
  EXPECT_EQ(boot.tlb_entries, 91u);

  RegionCensus loaded = Linear(MustParse(TestData("ptdump-stock-loaded.txt"), 0));
  EXPECT_EQ(loaded.l3_entries, 4608u);
  EXPECT_EQ(loaded.l3_entries_noncont, 1392u);
  EXPECT_EQ(loaded.l2_blocks, 503u);
  EXPECT_EQ(loaded.tlb_entries, 1613u);

  RegionCensus pages = Linear(MustParse(TestData("ptdump-nobbml3-boot.txt"), 0));
  EXPECT_EQ(pages.l3_entries, 262144u);
  EXPECT_EQ(pages.l3_entries_cont, 0u);
  EXPECT_EQ(pages.l2_blocks, 0u);
  EXPECT_EQ(pages.table_bytes, 514u * 4096);
}

// Blocks and pages together are all memory of the machine, however it is split.
TEST(Census, TheLinearMapOfRealDumpsIsAllMemory) {
  for (const char* name :
       {"ptdump-stock-boot.txt", "ptdump-stock-loaded.txt", "ptdump-nobbml3-boot.txt"}) {
    RegionCensus linear = Linear(MustParse(TestData(name), 0));
    EXPECT_EQ(linear.l2_blocks * 2 * kMiB + linear.l3_entries * 4 * kKiB, 1024 * kMiB) << name;
    EXPECT_EQ(linear.bytes_rox + linear.bytes_wx, 0u) << name;
  }
}

}  // namespace
}  // namespace roxlab::pagetable
