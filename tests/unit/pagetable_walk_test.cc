// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "pagetable/census.h"
#include "pagetable/walk.h"
#include "tests/unit/pagetable_tables.h"

namespace roxlab::pagetable {
namespace {

using ::testing::HasSubstr;

constexpr uint64_t kLinear = 0xffff000000000000;
constexpr uint64_t kModules = 0xffff800000000000;
constexpr uint64_t kMiB = uint64_t{1} << 20;

TEST(Walk, PagesWithOneAttributeAndAscendingAddressesAreOneRange) {
  GuestTables tables;
  tables.MapPages(kLinear, 0x80000000, 700, kLeafRw);
  absl::StatusOr<Walk> walk = tables.Walked();
  ASSERT_TRUE(walk.ok()) << walk.status();
  ASSERT_EQ(Mapped(*walk).size(), 1u);
  const Translation pages = Mapped(*walk)[0];
  EXPECT_EQ(pages.range.start, kLinear);
  EXPECT_EQ(pages.range.size, 700 * 4096u);
  EXPECT_EQ(pages.range.level, 3);
  EXPECT_EQ(pages.physical, 0x80000000u);
  EXPECT_EQ(pages.range.flags, kValid | kNoExec | kNoUserExec | kShared | kAccessed);
  EXPECT_EQ(pages.range.memory, MemoryType::kNormal);
}

TEST(Walk, TheWholeKernelHalfIsCoveredWithoutGapOrOverlap) {
  GuestTables tables;
  tables.MapPages(kLinear + 0x5000, 0x80000000, 3, kLeafRw);
  tables.Map(kModules, 0x80200000, 2, kLeafRox);
  absl::StatusOr<Walk> walk = tables.Walked();
  ASSERT_TRUE(walk.ok());
  uint64_t next = kLinear;
  for (const Translation& translation : walk->translations) {
    EXPECT_EQ(translation.range.start, next);
    next = translation.range.last() + 1;
  }
  EXPECT_EQ(next, 0u);  // 2^64.
}

TEST(Walk, NeighboursThatAreApartInPhysicalMemoryAreTwoRanges) {
  GuestTables tables;
  tables.MapPages(kModules, 0x80000000, 1, kLeafRox);
  tables.MapPages(kModules + 0x1000, 0x80002000, 1, kLeafRox);
  EXPECT_EQ(Mapped(*tables.Walked()).size(), 2u);
}

TEST(Walk, ABlockIsAnEntryOfItsLevel) {
  GuestTables tables;
  tables.Map(kLinear, 0x80000000, 2, kLeafRw);
  tables.Map(kLinear + 1024 * kMiB, 0xc0000000, 1, kLeafRw);
  const std::vector<Translation> mapped = Mapped(*tables.Walked());
  ASSERT_EQ(mapped.size(), 2u);
  EXPECT_EQ(mapped[0].range.level, 2);
  EXPECT_EQ(mapped[0].range.size, 2 * kMiB);
  EXPECT_TRUE(mapped[0].range.flags & kBlock);
  EXPECT_EQ(mapped[1].range.level, 1);
  EXPECT_EQ(mapped[1].physical, 0xc0000000u);
}

TEST(Walk, AttributesAreReadBitByBit) {
  GuestTables tables;
  tables.Map(kModules, 0x80000000, 3, kLeafRox | kCont);
  tables.Map(kModules + 0x1000, 0x80001000, 3, kLeafWx | uint64_t{1} << 11 | 0x40);
  *tables.Entry(kModules + 0x2000, 3) = 0x80002000 | (kLeafRw & ~uint64_t{3});
  const std::vector<Translation> mapped = Mapped(*tables.Walked());
  ASSERT_EQ(mapped.size(), 3u);
  EXPECT_EQ(mapped[0].range.flags,
            kValid | kReadOnly | kShared | kAccessed | kContiguous | kNoUserExec | kGuarded);
  EXPECT_EQ(mapped[1].range.flags, kValid | kUser | kShared | kAccessed | kNotGlobal | kNoUserExec);
  EXPECT_FALSE(mapped[2].range.valid());
}

TEST(Walk, WhatATableTakesAwayHoldsForAllBelowIt) {
  GuestTables tables;
  tables.MapPages(kModules, 0x80000000, 1, kLeafWx);
  *tables.Entry(kModules, 1) |= uint64_t{1} << 59;  // PXNTable
  *tables.Entry(kModules, 2) |= uint64_t{1} << 62;  // APTable: read-only
  const Translation page = Mapped(*tables.Walked())[0];
  EXPECT_EQ(page.limits, kNoExec | kReadOnly);
  EXPECT_FALSE(page.range.flags & kNoExec);
  EXPECT_TRUE(page.effective_flags() & kNoExec);
  TranslationRegisters off = tables.registers();
  off.tcr |= uint64_t{1} << 42;  // HPD1
  EXPECT_EQ(Mapped(*WalkTables(tables.memory(), off))[0].limits, 0);
}

TEST(Walk, OtherPageSizesHaveOtherShapes) {
  for (const Geometry geometry : {Geometry{14, 47}, Geometry{14, 48}, Geometry{16, 42},
                                  Geometry{16, 48}, Geometry{12, 39}, Geometry{14, 36}}) {
    SCOPED_TRACE(testing::Message() << geometry.page_shift << " " << geometry.va_bits);
    GuestTables tables(geometry, 0x40000000, 64);
    const uint64_t start = ~uint64_t{0} << geometry.va_bits;
    tables.MapPages(start, 0x80000000, 5, kLeafRw);
    tables.Map(start + geometry.EntryBytes(2), 0x100000000, 2, kLeafRo);
    absl::StatusOr<Walk> walk = tables.Walked();
    ASSERT_TRUE(walk.ok()) << walk.status();
    const std::vector<Translation> mapped = Mapped(*walk);
    ASSERT_EQ(mapped.size(), 2u);
    EXPECT_EQ(mapped[0].range.size, 5 * geometry.PageBytes());
    EXPECT_EQ(mapped[1].range.size, geometry.EntryBytes(2));
    EXPECT_EQ(mapped[1].physical, 0x100000000u);
  }
}

TEST(Walk, WideAddressesHaveTheirHighBitsElsewhere) {
  GuestTables small(Geometry{16, 48}, 0x40000000, 16);
  small.Map(~uint64_t{0} << 48, 0, 3, (kLeafRw & ~uint64_t{0xf000}) | 0x5000);
  TranslationRegisters lpa = small.registers();
  lpa.tcr |= uint64_t{6} << 32;  // IPS: 52 bits.
  EXPECT_EQ(Mapped(*WalkTables(small.memory(), lpa))[0].physical, uint64_t{5} << 48);

  GuestTables wide(Geometry{12, 52}, 0x40000000, 16);
  wide.Map(~uint64_t{0} << 52, uint64_t{1} << 48, 3, (kLeafRw & ~uint64_t{0x300}) | 0x100);
  TranslationRegisters lpa2 = wide.registers();
  lpa2.tcr |= uint64_t{1} << 59;  // DS
  absl::StatusOr<Walk> walk = WalkTables(wide.memory(), lpa2);
  ASSERT_TRUE(walk.ok()) << walk.status();
  EXPECT_EQ(Mapped(*walk)[0].physical, uint64_t{1} << 48 | uint64_t{1} << 50);
}

TEST(Walk, ATableOutsideOfMemoryIsNamedWithItsPlace) {
  GuestTables tables;
  *tables.Entry(kModules, 2) = 0x10000000 | 3;
  EXPECT_THAT(tables.Walked().status().message(),
              AllOf(HasSubstr("level 3 table at physical address 0x10000000"),
                    HasSubstr("for 0xffff800000000000"), HasSubstr("outside of memory")));
  // The first one after the last of memory.
  *tables.Entry(kModules, 2) = (tables.base() + tables.memory().bytes()) | 3;
  EXPECT_EQ(tables.Walked().status().code(), absl::StatusCode::kDataLoss);
}

TEST(Walk, TablesThatLoopBackAreNamed) {
  GuestTables tables;
  *tables.Entry(kModules, 2) = tables.top() | 3;
  EXPECT_THAT(tables.Walked().status().message(), HasSubstr("loops back to the level 0 table"));
}

TEST(Walk, TablesThatAreSharedWithoutEndAreRefusedInBoundedTimeAndMemory) {
  // Each table points 511 times to the next one: 2^27 pages from four tables.
  GuestTables tables;
  uint64_t table = tables.top();
  for (int level = 0; level < 3; ++level) {
    const uint64_t next = tables.NewTable();
    for (int i = 0; i < 511; ++i) tables.Words(table)[i] = next | 3;
    table = next;
  }
  for (int i = 0; i < 511; ++i) tables.Words(table)[i] = (uint64_t(i % 7) << 12) | kLeafRw;
  absl::Status status = tables.Walked().status();
  EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss) << status;
}

TEST(Walk, AShadowThatMapsOnePageOverAndOverIsOneRange) {
  // KASAN's early shadow: one table of each level, all entries alike.
  GuestTables tables;
  const uint64_t pte = tables.NewTable(), pmd = tables.NewTable(), pud = tables.NewTable();
  for (int i = 0; i < 512; ++i) {
    tables.Words(pte)[i] = 0x80000000 | kLeafRo;
    tables.Words(pmd)[i] = pte | 3;
    tables.Words(pud)[i] = pmd | 3;
  }
  for (int i = 0; i < 100; ++i) *tables.Entry(kModules + i * (uint64_t{1} << 39), 0) = pud | 3;
  const std::vector<Translation> mapped = Mapped(*tables.Walked());
  ASSERT_EQ(mapped.size(), 1u);
  EXPECT_TRUE(mapped[0].repeated);
  EXPECT_EQ(mapped[0].range.size, 100 * (uint64_t{1} << 39));
  EXPECT_EQ(mapped[0].range.level, 3);
}

TEST(Walk, RegistersOfNoKernelAreRefused) {
  GuestTables tables;
  EXPECT_THAT(WalkTables(tables.memory(), {tables.top(), 0}).status().message(),
              HasSubstr("TCR_EL1 = 0x0000000000000000"));
}

TEST(Walk, AsADumpItHasTheRegionsOfAnotherDumpAndTheSameCensus) {
  GuestTables tables;
  tables.MapPages(kLinear, 0x80000000, 4, kLeafRw);
  tables.MapPages(kLinear + 0x4000, 0x80004000, 4, kLeafRo);
  const Dump dump = ToDump(*tables.Walked(), TwoRegions(kLinear, kLinear + 0x6000));
  ASSERT_EQ(dump.regions.size(), 2u);
  const Census census = TakeCensus(dump);
  EXPECT_EQ(census.regions[0].l3_entries, 6u);
  EXPECT_EQ(census.regions[0].bytes_ro, 0x2000u);
  EXPECT_EQ(census.regions[1].l3_entries, 2u);
}

// The tables one by one, each a stretch of its own, in a memory that is elsewhere.
std::vector<PhysicalMemory::Stretch> Scattered(const GuestTables& tables,
                                               std::vector<std::vector<uint64_t>>* copies) {
  const PhysicalMemory whole = tables.memory();
  for (uint64_t address = whole.base(); address < whole.end(); address += 4096) {
    const uint64_t* words = whole.At(address, 512);
    copies->emplace_back(words, words + 512);
  }
  std::vector<PhysicalMemory::Stretch> stretches;
  for (size_t i = 0; i < copies->size(); ++i)
    stretches.push_back({whole.base() + i * 4096, (*copies)[i]});
  return stretches;
}

TEST(SparseMemory, TablesThatAreScatteredGiveTheSameWalk) {
  GuestTables tables({}, 0x40000000, 16);
  tables.MapPages(kLinear, 0x80000000, 700, kLeafRw);
  tables.Map(kModules, 0x80200000, 2, kLeafRox);
  std::vector<std::vector<uint64_t>> copies;
  const std::vector<PhysicalMemory::Stretch> stretches = Scattered(tables, &copies);
  absl::StatusOr<Walk> walk = WalkTables(PhysicalMemory(stretches), tables.registers());
  ASSERT_TRUE(walk.ok()) << walk.status();
  EXPECT_EQ(walk->translations, tables.Walked()->translations);
}

TEST(SparseMemory, EndsWhereEachStretchEnds) {
  const std::vector<uint64_t> words(1024);
  const absl::Span<const uint64_t> span(words);
  const std::vector<PhysicalMemory::Stretch> stretches = {{0x1000, span.first(512)},
                                                          {0x4000, span.subspan(512)}};
  const PhysicalMemory memory(stretches);
  EXPECT_EQ(memory.bytes(), 8192u);
  EXPECT_EQ(memory.end(), 0x5000u);
  EXPECT_EQ(memory.At(0x1000, 512), words.data());
  EXPECT_EQ(memory.At(0x4ff8, 1), words.data() + 1023);
  for (uint64_t outside : {0x0, 0xff8, 0x2000, 0x3ff8, 0x5000})
    EXPECT_EQ(memory.At(outside, 1), nullptr) << outside;
  EXPECT_EQ(memory.At(0x1008, 512), nullptr);
  EXPECT_EQ(memory.At(0x4008, 512), nullptr);
}

TEST(SparseMemory, ATableThatIsMissingIsNamed) {
  GuestTables tables({}, 0x40000000, 4);
  tables.MapPages(kLinear, 0x80000000, 1, kLeafRw);
  std::vector<std::vector<uint64_t>> copies;
  std::vector<PhysicalMemory::Stretch> stretches = Scattered(tables, &copies);
  stretches.erase(stretches.begin() + 2);
  EXPECT_THAT(
      WalkTables(PhysicalMemory(stretches), tables.registers()).status().message(),
      HasSubstr("the level 2 table at physical address 0x40002000, for 0xffff000000000000, "
                "lies outside of memory (memory is 0x40000000 to 0x40003fff, 3 stretches)"));
}

}  // namespace
}  // namespace roxlab::pagetable
