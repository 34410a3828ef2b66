// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>

#include "runner/collect/kcore_image.h"
#include "runner/collect/review.h"
#include "runner/errors.h"
#include "tests/unit/kcore_record.h"
#include "tests/unit/pagetable_text.h"

namespace roxlab {
namespace {

using pagetable::Geometry;
using pagetable::GuestTables;
using ::testing::HasSubstr;

constexpr uint64_t kLinear = 0xffff000000000000;
constexpr uint64_t kModules = 0xffff800000000000;
constexpr size_t kHeader = sizeof(probe::KcoreHeader);

class KcoreTest : public ::testing::Test {
 protected:
  KcoreTest() {
    tables_.MapPages(kLinear, 0x80000000, 700, pagetable::kLeafRw);
    tables_.NewTable();  // A hole between the tables.
    tables_.Map(kModules, 0x80200000, 2, pagetable::kLeafRox);
    record_ = KcoreRecord(tables_, {});
  }
  template <typename T>
  void Put(size_t at, T value) {
    std::memcpy(record_.data() + at, &value, sizeof value);
  }
  std::string Refusal() const { return std::string(WalkKcore(record_).status().message()); }

  GuestTables tables_{{}, 0x40000000, 16};
  std::string record_;
};

TEST_F(KcoreTest, GivesTheWalkThatTheWholeMemoryGives) {
  absl::StatusOr<pagetable::Walk> walk = WalkKcore(record_);
  ASSERT_TRUE(walk.ok()) << walk.status();
  EXPECT_EQ(walk->translations, tables_.Walked()->translations);
}

TEST_F(KcoreTest, EveryPageSizeAndWidthIsRead) {
  for (const Geometry geometry : {Geometry{12, 39}, Geometry{14, 36}, Geometry{14, 47},
                                  Geometry{14, 48}, Geometry{16, 42}, Geometry{16, 48}}) {
    SCOPED_TRACE(testing::Message() << geometry.page_shift << " " << geometry.va_bits);
    GuestTables tables(geometry, 0x40000000, 16);
    tables.MapPages(~uint64_t{0} << geometry.va_bits, 0x80000000, 5, pagetable::kLeafRw);
    // As the probe does, which says "wide" of all 64K pages.
    absl::StatusOr<pagetable::Walk> walk =
        WalkKcore(KcoreRecord(tables, geometry, geometry.page_shift == 16));
    ASSERT_TRUE(walk.ok()) << walk.status();
    EXPECT_EQ(walk->translations, tables.Walked()->translations);
  }
}

TEST_F(KcoreTest, WideAddressesHaveTheirHighBitsElsewhere) {
  const Geometry geometry = {12, 52};
  GuestTables tables(geometry, 0x40000000, 16);
  tables.Map(~uint64_t{0} << 52, uint64_t{1} << 48, 3,
             (pagetable::kLeafRw & ~uint64_t{0x300}) | 0x100);
  absl::StatusOr<pagetable::Walk> walk = WalkKcore(KcoreRecord(tables, geometry, true));
  ASSERT_TRUE(walk.ok()) << walk.status();
  EXPECT_EQ(pagetable::Mapped(*walk)[0].physical, uint64_t{5} << 48);
}

TEST_F(KcoreTest, OneBitOfOneDescriptorIsADisagreementWithItsPlace) {
  GuestTables tables;
  tables.Map(kLinear, 0x80000000, 2, pagetable::kLeafRw);
  const std::string dump =
      pagetable::LinearDump({{2 * pagetable::kMiB, "PMD", pagetable::kBlockRw}});
  record_ = KcoreRecord(tables, {});
  std::vector<Reading> readings = {{kKcoreCollector, WalkKcore(record_)}};
  ASSERT_TRUE(ReviewSnapshot(dump, readings, true).verdict.ok());
  // The table that comes first is the last one, of level 2; its first entry is the block's.
  record_[kHeader + 8] ^= static_cast<char>(0x80);  // AP[2]: read-only.
  readings[0].walk = WalkKcore(record_);
  const absl::Status verdict = ReviewSnapshot(dump, readings, true).verdict;
  EXPECT_EQ(VerdictOf(verdict), v1::ERROR);
  EXPECT_EQ(FailureOf(verdict).kind(), "disagreement");
  EXPECT_THAT(FailureOf(verdict).summary(),
              HasSubstr("first at 0xffff000000000000 (linear), 2048 KiB: ptdump has level 2 RW NX "
                        "SHD AF BLK UXN MEM/NORMAL, kcore level 2 ro NX"));
}

TEST_F(KcoreTest, AProbeThatCouldNotReadItSaysWhy) {
  const absl::StatusOr<pagetable::Walk> walk = WalkKcore("!cannot open /proc/kcore:\x1b x");
  EXPECT_EQ(walk.status().message(), "cannot open /proc/kcore:? x");
}

TEST_F(KcoreTest, EveryCutIsRefused) {
  for (size_t size = 0; size < record_.size(); size += size < 2 * kHeader ? 1 : 511) {
    const absl::Status status = WalkKcore(absl::string_view(record_).substr(0, size)).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss) << size;
  }
}

TEST_F(KcoreTest, ATableThatWasNotSentIsNamed) {
  record_.resize(record_.size() - (8 + 4096));  // The last is the top.
  EXPECT_THAT(Refusal(), HasSubstr("/proc/kcore: the level 0 table at physical address 0x40000000, "
                                   "for 0xffff000000000000, lies outside of memory"));
}

TEST_F(KcoreTest, AFormatThatNoKernelHasIsRefused) {
  Put<uint16_t>(0, 13);
  EXPECT_THAT(Refusal(), HasSubstr("no arm64 kernel has pages of 2^13 bytes"));
  Put<uint16_t>(0, 12);
  Put<uint16_t>(2, 47);
  EXPECT_THAT(Refusal(), HasSubstr("47-bit addresses"));
  Put<uint16_t>(2, 48);
  Put<uint32_t>(4, 2);
  EXPECT_THAT(Refusal(), HasSubstr("address format 2"));
}

TEST_F(KcoreTest, AnAddressThatIsNoneIsRefusedWithItsPlace) {
  Put<uint64_t>(kHeader, 0x40003008);
  EXPECT_THAT(Refusal(), HasSubstr("at byte 16, 0x40003008 is no physical address of a page"));
  Put<uint64_t>(kHeader, uint64_t{1} << 52);
  EXPECT_THAT(Refusal(), HasSubstr("at byte 16, 0x10000000000000 is no"));
  Put<uint64_t>(kHeader, tables_.top());
  EXPECT_THAT(Refusal(), HasSubstr("the page at 0x40000000 comes twice"));
}

TEST_F(KcoreTest, ATopTableThatIsNoneIsRefused) {
  for (uint64_t top : {uint64_t{0}, tables_.top() + 4, tables_.top() + 8, ~uint64_t{0}}) {
    Put<uint64_t>(8, top);
    EXPECT_THAT(Refusal(), HasSubstr("lies outside of memory")) << top;
  }
}

TEST_F(KcoreTest, TablesThatLoopAreRefused) {
  *tables_.Entry(kLinear, 1) = tables_.top() | 3;
  record_ = KcoreRecord(tables_, {});
  EXPECT_THAT(Refusal(), HasSubstr("loops back to the level 0 table"));
}

}  // namespace
}  // namespace roxlab
