// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "pagetable/invariants.h"
#include "tests/unit/pagetable_tables.h"

namespace roxlab::pagetable {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr uint64_t kLinear = 0xffff000000000000;
constexpr uint64_t kModules = 0xffff800000000000;
constexpr uint64_t kPhysical = 0x80000000;
constexpr uint64_t kMiB = uint64_t{1} << 20;

// A kernel with 8 MiB of linear map, in which a test places modules.
class InvariantsTest : public ::testing::Test {
 protected:
  InvariantsTest() {
    for (int i = 0; i < 4; ++i)
      tables_.Map(kLinear + i * 2 * kMiB, kPhysical + i * 2 * kMiB, 2, kLeafRw);
  }
  // Splits the first block of the linear map; its first `pages` get attributes of their own.
  void Split(int pages, uint64_t leaf) {
    *tables_.Entry(kLinear, 2) = 0;
    tables_.MapPages(kLinear, kPhysical, 512, kLeafRw);
    tables_.MapPages(kLinear, kPhysical, pages, leaf);
  }
  std::vector<Violation> Check(bool strict = true) {
    absl::StatusOr<Walk> walk = tables_.Walked();
    EXPECT_TRUE(walk.ok()) << walk.status();
    return CheckInvariants(*walk, TwoRegions(kLinear, kModules), {.strict_rodata = strict});
  }
  std::vector<std::string> Rules(bool strict = true) {
    std::vector<std::string> rules;
    for (const Violation& violation : Check(strict)) rules.push_back(violation.rule);
    return rules;
  }

  GuestTables tables_;
};

TEST_F(InvariantsTest, TextWithAReadOnlyAliasKeepsAllPromises) {
  Split(4, kLeafRo);
  tables_.MapPages(kModules, kPhysical, 4, kLeafRox);
  EXPECT_THAT(Rules(), IsEmpty());
}

TEST_F(InvariantsTest, TextWhoseAliasIsNotMappedKeepsAllPromises) {
  Split(0, 0);
  for (int i = 0; i < 4; ++i) *tables_.Entry(kLinear + i * 4096, 3) &= ~uint64_t{1};  // Not valid.
  tables_.MapPages(kModules, kPhysical, 4, kLeafRox);
  EXPECT_THAT(Rules(), IsEmpty());
}

TEST_F(InvariantsTest, TextWithAWritableAliasIsNamedWithBothAddresses) {
  tables_.MapPages(kModules, kPhysical + 0x3000, 1, kLeafRox);
  const std::vector<Violation> violations = Check();
  ASSERT_EQ(violations.size(), 1u);
  EXPECT_EQ(violations[0].rule, "writable-alias");
  EXPECT_EQ(violations[0].address, kModules);
  EXPECT_EQ(violations[0].physical, kPhysical + 0x3000);
  EXPECT_EQ(violations[0].text,
            "physical page 0x80003000, executable at 0xffff800000000000 (modules), is writable at "
            "0xffff000000003000 (linear)");
}

TEST_F(InvariantsTest, AMappingThatIsWritableAndExecutableIsOneThatNobodyMayHave) {
  Split(1, kLeafRo);
  tables_.MapPages(kModules, kPhysical, 1, kLeafWx);
  const std::vector<Violation> violations = Check();
  ASSERT_EQ(violations.size(), 2u);
  EXPECT_EQ(violations[0].rule, "stale-read-only");  // Its owner is not read-only any more.
  EXPECT_EQ(violations[1].rule, "write-exec");
  EXPECT_THAT(violations[1].text, HasSubstr("is writable there as well"));
}

TEST_F(InvariantsTest, TextThatIsWritableThroughAThirdMappingIsFound) {
  Split(2, kLeafRo);
  tables_.MapPages(kModules, kPhysical, 2, kLeafRox);
  tables_.MapPages(kModules + 2 * kMiB, kPhysical + 0x1000, 1, kLeafRw);
  EXPECT_THAT(Rules(), ElementsAre("write-exec"));
}

TEST_F(InvariantsTest, AReadOnlyAliasThatNobodyOwnsAnyMoreIsStale) {
  Split(4, kLeafRo);
  tables_.MapPages(kModules, kPhysical + 0x1000, 1, kLeafRox);
  tables_.MapPages(kModules + 0x10000, kPhysical + 0x2000, 1, kLeafRo);
  const std::vector<Violation> violations = Check();
  ASSERT_EQ(violations.size(), 2u);
  EXPECT_EQ(violations[0].rule, "stale-read-only");
  EXPECT_EQ(violations[0].physical, kPhysical);
  EXPECT_EQ(violations[1].physical, kPhysical + 0x3000);
  EXPECT_EQ(violations[1].size, 0x1000u);
}

TEST_F(InvariantsTest, AStaleStretchBehindAnOwnerIsGivenWithItsSize) {
  Split(8, kLeafRo);
  tables_.MapPages(kModules, kPhysical, 3, kLeafRo);
  const std::vector<Violation> violations = Check();
  ASSERT_EQ(violations.size(), 1u);
  EXPECT_EQ(violations[0].physical, kPhysical + 0x3000);
  EXPECT_EQ(violations[0].size, 0x5000u);
  EXPECT_THAT(violations[0].text, HasSubstr("20 KiB from there on"));
}

TEST_F(InvariantsTest, TheKernelsImageMayBeReadOnlyInTheLinearMapAlone) {
  Split(4, kLeafRo);
  // The uppermost table is in the image's read-only part, the four pages are its data.
  const uint64_t image = kModules + 16 * kMiB - tables_.top();
  tables_.MapPages(image + tables_.top(), tables_.top(), 1, kLeafRo);
  EXPECT_THAT(Rules(),
              ElementsAre("stale-read-only"));  // Who maps the table does not matter alone.
  tables_.MapPages(image + kPhysical, kPhysical, 3, kLeafRw);
  const std::vector<Violation> violations = Check();
  ASSERT_EQ(violations.size(), 1u);
  EXPECT_EQ(violations[0].physical, kPhysical + 0x3000);
  // At another distance it is somebody else's, who should have been given a writable page.
  tables_.MapPages(image + kPhysical + 0x4000, kPhysical + 0x3000, 1, kLeafRw);
  EXPECT_THAT(Rules(), ElementsAre("stale-read-only"));
}

TEST_F(InvariantsTest, AWeakerModePromisesNothingOfAliases) {
  Split(4, kLeafRo);
  tables_.MapPages(kModules, kPhysical + 8 * 4096, 1, kLeafRox);
  EXPECT_THAT(Rules(/*strict=*/false), IsEmpty());
}

TEST_F(InvariantsTest, ABlockWithAnotherMemoryIsNotLinear) {
  *tables_.Entry(kLinear + 2 * kMiB, 2) += 2 * kMiB;
  EXPECT_THAT(Rules(), ElementsAre("not-linear"));
}

TEST_F(InvariantsTest, ContiguousGroupsAreWholeAlignedAndAlike) {
  Split(16, kLeafRw | kCont);
  EXPECT_THAT(Rules(), IsEmpty());
  tables_.Map(kLinear + 5 * 4096, kPhysical + 5 * 4096, 3, kLeafRw);  // One without the bit.
  EXPECT_THAT(Rules(), ElementsAre("contiguous", "contiguous"));
  tables_.Map(kLinear + 5 * 4096, kPhysical + 5 * 4096, 3, kLeafRo | kCont);
  EXPECT_THAT(Rules(/*strict=*/false), ElementsAre("contiguous", "contiguous", "contiguous"));
}

TEST_F(InvariantsTest, WhatATableForbidsIsNotExecutable) {
  tables_.MapPages(kModules, kPhysical, 1, kLeafRox);
  *tables_.Entry(kModules, 2) |= uint64_t{1} << 59;  // PXNTable
  EXPECT_THAT(Rules(), IsEmpty());
}

}  // namespace
}  // namespace roxlab::pagetable
