// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "runner/collect/review.h"
#include "runner/errors.h"
#include "tests/unit/pagetable_tables.h"
#include "tests/unit/pagetable_text.h"

namespace roxlab {
namespace {

using pagetable::kMiB;
using ::testing::HasSubstr;

constexpr uint64_t kLinearStart = 0xffff000000000000;

// One block of linear map, in the guest's tables as in LinearDump({{2 MiB, "PMD", kBlockRw}}).
class ReviewTest : public ::testing::Test {
 protected:
  // Adds what nobody may do to the tables; returns the dump that shows it as well.
  std::string BreakAPromise() {
    tables_.Map(kLinearStart + 2 * kMiB, 0x80200000, 2, pagetable::kLeafWx);
    return pagetable::LinearDump({{2 * kMiB, "PMD", pagetable::kBlockRw},
                                  {2 * kMiB, "PMD",
                                   "       RW x  SHD AF         BLK UXN    "
                                   "MEM/NORMAL"}});
  }
  ReviewTest() { tables_.Map(kLinearStart, 0x80000000, 2, pagetable::kLeafRw); }

  std::string Dump() { return pagetable::LinearDump({{2 * kMiB, "PMD", pagetable::kBlockRw}}); }
  std::vector<Reading> Seen() { return {{kWalkCollector, tables_.Walked()}}; }
  pagetable::GuestTables tables_;
};

TEST_F(ReviewTest, TwoReadingsThatAgreeGiveTheCensus) {
  const Review review = ReviewSnapshot(Dump(), Seen(), true);
  EXPECT_TRUE(review.verdict.ok()) << review.verdict;
  EXPECT_GT(review.ptdump.metrics_size(), 0);
}

TEST_F(ReviewTest, TwoReadingsThatDifferAreTheLabsErrorWithTheFirstDifferingEntry) {
  *tables_.Entry(kLinearStart, 2) |= 0x80;  // Read-only.
  const absl::Status verdict = ReviewSnapshot(Dump(), Seen(), true).verdict;
  EXPECT_EQ(VerdictOf(verdict), v1::ERROR);
  EXPECT_EQ(FailureOf(verdict).kind(), "disagreement");
  EXPECT_THAT(FailureOf(verdict).summary(),
              HasSubstr("first at 0xffff000000000000 (linear), 2048 KiB: ptdump has level 2 RW NX "
                        "SHD AF BLK UXN MEM/NORMAL, guest-ram level 2 ro NX"));
}

TEST_F(ReviewTest, ABrokenPromiseIsTheVariantsFailure) {
  const std::string dump = BreakAPromise();
  const absl::Status verdict = ReviewSnapshot(dump, Seen(), true).verdict;
  EXPECT_EQ(VerdictOf(verdict), v1::FAIL);
  EXPECT_EQ(FailureOf(verdict).kind(), "invariant");
  EXPECT_THAT(FailureOf(verdict).excerpt(), HasSubstr("write-exec: physical page 0x80200000"));
}

TEST_F(ReviewTest, ABrokenPromiseIsNotHiddenByAnotherReadingThatFailed) {
  const std::string dump = BreakAPromise();
  const std::vector<Reading> readings = {
      {kWalkCollector, tables_.Walked()},
      {kKcoreCollector, absl::UnavailableError("cannot open /proc/kcore")}};
  const Review review = ReviewSnapshot(dump, readings, true);
  EXPECT_EQ(VerdictOf(review.verdict), v1::FAIL) << review.verdict;
  EXPECT_TRUE(review.agreed);
}

TEST_F(ReviewTest, AWalkThatFailedLeavesTheCensusAndIsTheLabsError) {
  *tables_.Entry(kLinearStart, 1) = 0x1000 | 3;
  const Review review = ReviewSnapshot(Dump(), Seen(), true);
  EXPECT_EQ(VerdictOf(review.verdict), v1::ERROR);
  EXPECT_THAT(review.verdict.message(), HasSubstr("outside of memory"));
  EXPECT_GT(review.ptdump.metrics_size(), 0);
}

TEST_F(ReviewTest, AThirdReadingIsComparedAsTheSecondIs) {
  std::vector<Reading> readings = Seen();
  readings.push_back({kKcoreCollector, tables_.Walked()});
  EXPECT_TRUE(ReviewSnapshot(Dump(), readings, true).verdict.ok());
  *tables_.Entry(kLinearStart, 2) |= 0x80;  // Read-only.
  readings[1].walk = tables_.Walked();
  const absl::Status verdict = ReviewSnapshot(Dump(), readings, true).verdict;
  EXPECT_EQ(FailureOf(verdict).kind(), "disagreement");
  EXPECT_THAT(FailureOf(verdict).summary(), HasSubstr("MEM/NORMAL, kcore level 2 ro NX"));
}

TEST_F(ReviewTest, TwoWalksMustHaveTheSamePhysicalAddresses) {
  std::vector<Reading> readings = Seen();
  *tables_.Entry(kLinearStart, 2) += 2 * kMiB;
  readings.push_back({kKcoreCollector, tables_.Walked()});
  const absl::Status verdict = ReviewSnapshot(Dump(), readings, true).verdict;
  EXPECT_EQ(VerdictOf(verdict), v1::ERROR);
  EXPECT_EQ(FailureOf(verdict).kind(), "disagreement");
  EXPECT_THAT(
      FailureOf(verdict).summary(),
      HasSubstr("first at 0xffff000000000000: guest-ram has 2048 KiB at physical 0x80000000, "
                "level 2 RW NX SHD AF BLK UXN MEM/NORMAL, kcore 2048 KiB at physical "
                "0x80200000"));
}

TEST_F(ReviewTest, ADumpThatCannotBeReadIsTheLabsError) {
  EXPECT_EQ(VerdictOf(ReviewSnapshot("torn", {}, true).verdict), v1::ERROR);
}

TEST(StrictRodata, IsTheKernelsDefaultAndTheLastWordCounts) {
  EXPECT_TRUE(StrictRodata(""));
  EXPECT_TRUE(StrictRodata("console=ttyAMA0 rodata=on"));
  EXPECT_FALSE(StrictRodata("rodata=on quiet rodata=noalias"));
  EXPECT_FALSE(StrictRodata("rodata=off"));
  EXPECT_TRUE(StrictRodata("rodata=off rodata=on"));
  EXPECT_TRUE(StrictRodata("rodata=full"));  // A word that 7.3 does not take.
}

}  // namespace
}  // namespace roxlab
