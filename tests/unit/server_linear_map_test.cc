// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "pagetable/census.h"
#include "server/lab/linear_map.h"
#include "tests/unit/pagetable_text.h"

namespace roxlab {
namespace {

using pagetable::kMiB;
using pagetable::LinearDump;
using ::testing::ElementsAre;

constexpr uint64_t kKiB = 1024;
constexpr char kPageShort[] = "       RW NX SHD                UXN    MEM/NORMAL";  // Without AF.

v1::LinearMap MapOf(const std::vector<pagetable::Part>& parts) {
  return LinearMapOf(pagetable::MustParse(LinearDump(parts)));
}

TEST(LinearMap, StretchesFollowEachOtherAndKindsAreToldOnce) {
  const v1::LinearMap map = MapOf({{2 * kMiB, "PMD", pagetable::kBlockRw},
                                   {1 * kMiB, "PTE", pagetable::kPage},
                                   {1 * kMiB, "PTE", pagetable::kPageRo},
                                   {4 * kMiB, "PMD", pagetable::kBlockRw}});
  EXPECT_EQ(map.start(), pagetable::kLinear);
  EXPECT_THAT(map.pages(), ElementsAre(512, 256, 256, 1024));
  EXPECT_THAT(map.kind(), ElementsAre(0, 1, 2, 0));
  ASSERT_EQ(map.kinds_size(), 3);
  EXPECT_EQ(map.kinds(0).level(), 2u);
  EXPECT_EQ(map.kinds(1).level(), 3u);
  EXPECT_TRUE(map.kinds(1).valid());
  EXPECT_FALSE(map.kinds(1).read_only());
  EXPECT_FALSE(map.kinds(1).executable());
  EXPECT_TRUE(map.kinds(2).read_only());
  EXPECT_EQ(map.kinds(0).memory(), "NORMAL");
}

TEST(LinearMap, WhatNoKindTellsApartIsOneStretch) {
  const v1::LinearMap map =
      MapOf({{1 * kMiB, "PTE", pagetable::kPage}, {1 * kMiB, "PTE", kPageShort}});
  EXPECT_THAT(map.pages(), ElementsAre(512));
}

TEST(LinearMap, HolesInsideCountAndThoseAtTheEndsDoNot) {
  const v1::LinearMap map = MapOf({{2 * kMiB, "PMD"},
                                   {1 * kMiB, "PTE", pagetable::kPage},
                                   {512 * kKiB, "PTE"},
                                   {512 * kKiB, "PTE", pagetable::kInvalid},
                                   {2 * kMiB, "PMD"}});
  EXPECT_EQ(map.start(), pagetable::kLinear + 2 * kMiB);
  EXPECT_THAT(map.pages(), ElementsAre(256, 128, 128));
  EXPECT_TRUE(map.kinds(1).hole());
  EXPECT_EQ(map.kinds(1).memory(), "");
  EXPECT_FALSE(map.kinds(2).hole());
  EXPECT_FALSE(map.kinds(2).valid());
}

TEST(LinearMap, NothingMappedIsNoStretch) {
  const v1::LinearMap map = MapOf({{2 * kMiB, "PMD"}});
  EXPECT_EQ(map.pages_size(), 0);
  EXPECT_EQ(map.page_bytes(), 4096u);
}

TEST(LinearMap, ARealDumpAddsUpToItsCensus) {
  const pagetable::Dump dump =
      pagetable::MustParse(pagetable::TestData("ptdump-stock-loaded.txt"), 0);
  const v1::LinearMap map = LinearMapOf(dump);
  EXPECT_EQ(map.block_bytes(), 2u << 20);
  EXPECT_EQ(map.contiguous_pages(), 16u);
  ASSERT_EQ(map.pages_size(), map.kind_size());
  uint64_t entries = 0;
  for (int i = 0; i < map.kind_size(); ++i) {
    const v1::MapKind& kind = map.kinds(static_cast<int>(map.kind(i)));
    if (kind.level() == 3 && !kind.hole()) entries += map.pages(i);
    if (i > 0) {
      EXPECT_NE(map.kind(i), map.kind(i - 1));
    }
  }
  uint64_t counted = 0;
  for (const pagetable::RegionCensus& region : pagetable::TakeCensus(dump).regions)
    if (region.region == "linear") counted = region.l3_entries;
  EXPECT_GT(counted, 0u);
  EXPECT_EQ(entries, counted);
}

}  // namespace
}  // namespace roxlab
