// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "pagetable/diff.h"
#include "tests/unit/pagetable_text.h"

namespace roxlab::pagetable {
namespace {

using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::IsEmpty;

TEST(Diff, ADumpDoesNotDifferFromItself) {
  Dump dump = MustParse(LinearDump({{2 * kMiB, "PMD", kBlockRw}, {8192, "PTE", kPage}}));
  EXPECT_THAT(DiffDumps(dump, dump), IsEmpty());
}

TEST(Diff, ASplitBlockIsOneDifferencePerKindOfEntry) {
  Dump before = MustParse(LinearDump({{4 * kMiB, "PMD", kBlockRw}}));
  Dump after = MustParse(LinearDump({{2 * kMiB, "PMD", kBlockRw},
                                     {1 * kMiB, "PTE", kPage},
                                     {4096, "PTE", kPageRo},
                                     {1 * kMiB - 4096, "PTE", kPage}}));
  std::vector<Difference> differences = DiffDumps(before, after);
  ASSERT_EQ(differences.size(), 3u);
  EXPECT_EQ(differences[0].start, kLinear + 2 * kMiB);
  EXPECT_EQ(differences[0].size, kMiB);
  EXPECT_EQ(differences[0].before.level, 2);
  EXPECT_EQ(differences[0].after.level, 3);
  EXPECT_EQ(differences[0].region, "linear");
  EXPECT_EQ(differences[1].size, 4096u);
  EXPECT_NE(differences[1].after.flags & kReadOnly, 0);
}

TEST(Diff, NeighboursThatChangedAlikeAreOne) {
  Dump before =
      MustParse(LinearDump({{4096, "PTE", kPage}, {4096, "PTE", kPage}, {4096, "PTE", kPageRo}}));
  Dump after = MustParse(LinearDump({{12288, "PTE", kPageRo}}));
  EXPECT_THAT(DiffDumps(before, after), ElementsAre(Field(&Difference::size, 8192u)));
}

TEST(Diff, TheLevelOfAHoleIsNoDifference) {
  Dump before = MustParse(LinearDump({{2 * kMiB, "PTE"}}));
  Dump after = MustParse(LinearDump({{2 * kMiB, "PMD"}}));
  EXPECT_THAT(DiffDumps(before, after), IsEmpty());
}

TEST(Diff, WhatOnlyOneAddressSpaceHasIsUnmappedInTheOther) {
  uint64_t start = 0xffffff8000000000;
  std::string narrow = absl::StrCat("---[ Linear Mapping start ]---\n",
                                    RangeLine(start, start + 1024 * kMiB, "PGD", kBlockRw),
                                    RangeLine(start + 1024 * kMiB, 0, "PGD"));
  Dump wide = MustParse(LinearDump({{4096, "PTE", kPage}}));
  std::vector<Difference> differences = DiffDumps(wide, MustParse(narrow));
  ASSERT_EQ(differences.size(), 2u);
  EXPECT_EQ(differences[0].start, kLinear);
  EXPECT_EQ(differences[0].after, Mapping());
  EXPECT_EQ(differences[1].start, start);
  EXPECT_EQ(differences[1].before, Mapping());
  EXPECT_THAT(DiffDumps(Dump(), Dump()), IsEmpty());
}

TEST(Diff, LoadingModulesInARealKernelSplitsLinearBlocks) {
  Dump boot = MustParse(TestData("ptdump-stock-boot.txt"), 0);
  Dump loaded = MustParse(TestData("ptdump-stock-loaded.txt"), 0);
  uint64_t split = 0;
  for (const Difference& difference : DiffDumps(boot, loaded)) {
    if (difference.region == "linear" && difference.before.level == 2 &&
        difference.after.level == 3)
      split += difference.size;
  }
  EXPECT_EQ(split, 7 * 2 * kMiB);  // 510 blocks at boot, 503 with modules.
}

}  // namespace
}  // namespace roxlab::pagetable
