// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "pagetable/attribution.h"
#include "tests/unit/pagetable_tables.h"

namespace roxlab::pagetable {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr uint64_t kLinear = 0xffff000000000000;
constexpr uint64_t kModules = 0xffff800000000000;
constexpr uint64_t kPhysical = 0x80000000;
constexpr uint64_t kMiB = uint64_t{1} << 20;

// 8 MiB of linear map; its blocks 1, 2 and 3 are free for a test.
class AttributionTest : public ::testing::Test {
 protected:
  AttributionTest() {
    for (int i = 0; i < 4; ++i)
      tables_.Map(kLinear + i * 2 * kMiB, kPhysical + i * 2 * kMiB, 2, kLeafRw);
  }
  static uint64_t Block(int number) { return kLinear + number * 2 * kMiB; }
  void Split(int block) {
    *tables_.Entry(Block(block), 2) = 0;
    tables_.MapPages(Block(block), kPhysical + block * 2 * kMiB, 512, kLeafRw);
  }
  // Pages of the block become text, or read-only data, at `address`.
  void Place(uint64_t address, int block, int page, int count, uint64_t leaf = kLeafRox) {
    const uint64_t offset = block * 2 * kMiB + page * 4096;
    tables_.MapPages(kLinear + offset, kPhysical + offset, count, kLeafRo);
    tables_.MapPages(address, kPhysical + offset, count, leaf);
  }
  void Tell(uint64_t address, OwnerKind kind, const std::string& name) {
    ownership_.places.push_back({address, kind, name});
  }
  Attribution Run() {
    absl::StatusOr<Walk> walk = tables_.Walked();
    EXPECT_TRUE(walk.ok()) << walk.status();
    return Attribute(*walk, TwoRegions(kLinear, kModules), ownership_);
  }

  GuestTables tables_;
  Ownership ownership_;
};

TEST_F(AttributionTest, AMapOfBlocksIsSplitByNobody) {
  const Attribution result = Run();
  EXPECT_THAT(result.blocks, IsEmpty());
  EXPECT_THAT(result.kinds, IsEmpty());
  EXPECT_EQ(result.block_bytes, 2 * kMiB);
  EXPECT_EQ(result.linear_blocks, 4u);
}

TEST_F(AttributionTest, TheOnlyOwnerInABlockWouldSaveItsEntries) {
  Split(1);
  Place(kModules, 1, 7, 3);
  Tell(kModules, OwnerKind::kModuleText, "ext4");
  const Attribution result = Run();
  ASSERT_THAT(result.blocks, SizeIs(1));
  EXPECT_EQ(result.blocks[0].start, Block(1));
  EXPECT_EQ(result.blocks[0].entries, 512u);
  EXPECT_EQ(result.entries, 512u);
  ASSERT_THAT(result.owners, SizeIs(1));
  EXPECT_EQ(result.owners[0].name, "ext4");
  EXPECT_EQ(result.owners[0].pages, 3u);
  EXPECT_EQ(result.owners[0].saves, 512u);
}

TEST_F(AttributionTest, TwoOwnersOfABlockSaveItOnlyTogether) {
  Split(1);
  Place(kModules, 1, 7, 3);
  Tell(kModules, OwnerKind::kModuleText, "ext4");
  Place(kModules + 0x10000, 1, 100, 2, kLeafRo);
  Tell(kModules + 0x10000, OwnerKind::kModuleRodata, "ext4");
  const Attribution result = Run();
  ASSERT_THAT(result.kinds, SizeIs(2));
  EXPECT_EQ(result.kinds[0].kind, OwnerKind::kModuleText);
  EXPECT_EQ(result.kinds[0].saves, 0u);
  EXPECT_EQ(result.kinds[0].saves_with_above, 0u);
  EXPECT_EQ(result.kinds[1].saves, 0u);
  EXPECT_EQ(result.kinds[1].saves_with_above, 512u);
  EXPECT_EQ(result.blocks[0].shares[0].pages, 3u);
  EXPECT_EQ(result.owners[result.blocks[0].shares[0].owner].kind, OwnerKind::kModuleText);
}

TEST_F(AttributionTest, TwoModulesOfOneKindSaveABlockAsAKindButNotAlone) {
  Split(2);
  Place(kModules, 2, 0, 1);
  Place(kModules + 0x10000, 2, 1, 1);
  Tell(kModules, OwnerKind::kModuleText, "a");
  Tell(kModules + 0x10000, OwnerKind::kModuleText, "b");
  const Attribution result = Run();
  EXPECT_EQ(result.kinds[0].saves, 512u);
  for (const Attribution::Owner& owner : result.owners) EXPECT_EQ(owner.saves, 0u) << owner.name;
}

TEST_F(AttributionTest, WhatTheKernelImageSplitsCannotBeSaved) {
  Split(1);
  Split(2);
  Place(kModules, 1, 0, 16);
  ownership_.image = {{kPhysical + 2 * kMiB, kPhysical + 2 * kMiB + 0xffff, "Kernel code"}};
  Place(kModules + 0x100000, 2, 0, 1);
  Tell(kModules + 0x100000, OwnerKind::kModuleText, "a");
  const Attribution result = Run();
  ASSERT_THAT(result.kinds, SizeIs(2));
  EXPECT_EQ(result.kinds[0].saves_with_above, 512u);
  EXPECT_EQ(result.kinds[1].kind, OwnerKind::kKernelImage);
  EXPECT_EQ(result.kinds[1].pages, 16u);
  EXPECT_EQ(result.kinds[1].saves, 0u);
  EXPECT_EQ(result.kinds[1].saves_with_above, 0u);
}

TEST_F(AttributionTest, ABlockWhosePagesAreAlikeIsSplitByHistoryAlone) {
  Split(1);
  Split(2);
  Place(kModules, 2, 0, 512);  // Read-only as a whole, in pages.
  const Attribution result = Run();
  EXPECT_EQ(result.alike_blocks, 2u);
  EXPECT_EQ(result.alike_entries, 1024u);
  EXPECT_THAT(result.kinds, IsEmpty());
}

TEST_F(AttributionTest, AllocationsThatTouchAreToldApartByTheNearestPlaceBelow) {
  Split(1);
  Place(kModules, 1, 0, 8);
  Tell(kModules, OwnerKind::kModuleText, "a");
  Tell(kModules + 3 * 4096, OwnerKind::kModuleText, "b");
  const Attribution result = Run();
  ASSERT_THAT(result.owners, SizeIs(2));
  EXPECT_EQ(result.owners[0].name, "b");
  EXPECT_EQ(result.owners[0].pages, 5u);
  EXPECT_EQ(result.owners[1].pages, 3u);
}

TEST_F(AttributionTest, APlaceBehindAHoleOwnsNothingBeforeIt) {
  Split(1);
  Place(kModules, 1, 0, 1);
  Place(kModules + 0x2000, 1, 4, 1);
  Tell(kModules + 0x2000, OwnerKind::kKprobes, "");
  const Attribution result = Run();
  ASSERT_THAT(result.kinds, SizeIs(2));
  EXPECT_EQ(result.kinds[0].kind, OwnerKind::kKprobes);
  EXPECT_EQ(result.kinds[1].kind, OwnerKind::kOtherExecutable);
}

TEST_F(AttributionTest, APlaceInAHoleOwnsNothing) {
  Split(1);
  Place(kModules + 0x2000, 1, 4, 1);
  Tell(kModules + 0x1000, OwnerKind::kKprobes, "");
  EXPECT_EQ(Run().kinds[0].kind, OwnerKind::kOtherExecutable);
}

TEST_F(AttributionTest, ABlockWithInvalidPagesIsABlockOfTheLinearMap) {
  Split(3);
  for (int i = 0; i < 511; ++i) *tables_.Entry(Block(3) + i * 4096, 3) &= ~uint64_t{1};
  const Attribution result = Run();
  EXPECT_EQ(result.linear_blocks, 4u);
  EXPECT_THAT(result.blocks, SizeIs(1));
}

// Tables of a hostile guest: one page, mapped by everything.
TEST_F(AttributionTest, APageThatIsMappedAbsurdlyOftenCostsNoTimeWithoutEnd) {
  GuestTables tables({}, 0x40000000, 4000);
  for (int block = 0; block < 60; ++block) {
    for (int i = 0; i < 512; ++i) {
      tables.Map(kLinear + block * 2 * kMiB + i * 4096, kPhysical, 3, i % 2 ? kLeafRo : kLeafRw);
      tables.Map(kModules + block * 2 * kMiB + i * 4096, kPhysical, 3, i % 2 ? kLeafRo : kLeafRox);
    }
  }
  tables_ = tables;
  const Attribution result = Run();
  EXPECT_EQ(result.blocks.size(), 60u);
}

TEST_F(AttributionTest, PagesThatAreNotMappedAreNamedAsSuch) {
  Split(3);
  *tables_.Entry(Block(3) + 4096, 3) = 0;
  const Attribution result = Run();
  EXPECT_EQ(result.blocks[0].entries, 511u);
  ASSERT_THAT(result.kinds, SizeIs(1));
  EXPECT_EQ(result.kinds[0].kind, OwnerKind::kNotMapped);
  EXPECT_EQ(result.kinds[0].saves, 0u);
}

TEST_F(AttributionTest, ATableWithoutEntriesSplitsNothing) {
  Split(3);
  for (int i = 0; i < 512; ++i) *tables_.Entry(Block(3) + i * 4096, 3) = 0;
  EXPECT_THAT(Run().blocks, IsEmpty());
}

}  // namespace
}  // namespace roxlab::pagetable
