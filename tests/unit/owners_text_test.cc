// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "report/owners.h"

namespace roxlab {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

void AddKind(v1::Attribution* attribution, v1::OwnerKind name, uint64_t blocks, uint64_t saves,
             uint64_t with_above, bool cacheable = true) {
  v1::OwnerKindCount& kind = *attribution->add_kinds();
  kind.set_kind(name);
  kind.set_blocks(blocks);
  kind.set_saves(saves);
  kind.set_saves_with_above(with_above);
  kind.set_cacheable(cacheable);
}

v1::Attribution Moment(uint64_t entries) {
  v1::Attribution attribution;
  attribution.set_phase("loaded");
  attribution.set_block_bytes(2 << 20);
  attribution.set_linear_blocks(512);
  attribution.set_entries(entries);
  return attribution;
}

TEST(OwnersText, SaysHowMuchIsSplitAndWhoDoesIt) {
  v1::Attribution attribution = Moment(512);
  AddKind(&attribution, v1::MODULE_TEXT, 1, 512, 512);
  AddKind(&attribution, v1::KERNEL_IMAGE, 3, 0, 0, false);
  attribution.add_blocks();
  for (int i = 0; i < 20; ++i) attribution.add_owners()->set_name("module" + std::to_string(i));
  const std::string text = OwnersText(attribution, false);
  EXPECT_THAT(text, HasSubstr("after loaded: 1 of 512 blocks are split, 512 level-3 entries"));
  EXPECT_THAT(text, HasSubstr("module text        1      0    512               512"));
  EXPECT_THAT(text, HasSubstr("kernel image       3      0      -                 -"));
  EXPECT_THAT(text, HasSubstr("module14"));
  EXPECT_THAT(text, Not(HasSubstr("module15")));
  EXPECT_THAT(text, HasSubstr("and 5 more (--all)"));
  EXPECT_THAT(OwnersText(attribution, true), HasSubstr("module19"));
}

TEST(OwnersText, BlocksThatAreSplitByHistoryAreSplitByNothingAnyMore) {
  v1::Attribution attribution = Moment(1024);
  attribution.set_alike_blocks(2);
  attribution.set_alike_entries(1024);
  EXPECT_THAT(OwnersText(attribution, false), HasSubstr("nothing any more       2         1,024"));
}

TEST(OwnersText, MeansAreOverAllSeedsWhateverKindsEachHas) {
  v1::Attribution one = Moment(1000), two = Moment(2000);
  AddKind(&one, v1::MODULE_TEXT, 4, 512, 512);
  AddKind(&one, v1::MODULE_RODATA, 2, 0, 1024);
  AddKind(&two, v1::MODULE_RODATA, 4, 512, 512);
  const auto json =
      nlohmann::json::parse(OwnersJson({{"rox", "qemu", "modules", "loaded", {one, two}}}));
  ASSERT_EQ(json.size(), 1u);
  EXPECT_EQ(json[0]["entries"], 1500);
  EXPECT_EQ(json[0]["kinds"][0]["kind"], "MODULE_TEXT");
  EXPECT_EQ(json[0]["kinds"][0]["blocks"], 2);
  EXPECT_EQ(json[0]["kinds"][0]["saves_with_above"], 256);
  EXPECT_EQ(json[0]["kinds"][1]["blocks"], 3);
  EXPECT_EQ(json[0]["kinds"][1]["saves_with_above"], 768);
}

TEST(OwnersText, KindsStandInOneOrderWhateverEachSeedHas) {
  v1::Attribution one = Moment(0), two = Moment(0), three = Moment(0);
  AddKind(&one, v1::MODULE_TEXT, 1, 0, 0);
  AddKind(&one, v1::MODULE_RODATA, 1, 0, 0);
  AddKind(&two, v1::BPF_PROGRAM, 1, 0, 0);
  AddKind(&two, v1::MODULE_RODATA, 1, 0, 0);
  AddKind(&three, v1::MODULE_TEXT, 1, 512, 512);
  AddKind(&three, v1::BPF_PROGRAM, 1, 512, 1024);
  const auto json =
      nlohmann::json::parse(OwnersJson({{"rox", "qemu", "mixed", "loaded", {one, two, three}}}));
  ASSERT_EQ(json[0]["kinds"].size(), 3u);
  EXPECT_EQ(json[0]["kinds"][0]["kind"], "MODULE_TEXT");
  EXPECT_EQ(json[0]["kinds"][1]["kind"], "BPF_PROGRAM");
  EXPECT_NEAR(json[0]["kinds"][2]["saves_with_above"].get<double>(), 1024.0 / 3, 1e-9);
}

TEST(OwnersText, AVariantsRowsStandTogetherUnderTheirMoment) {
  v1::Attribution one = Moment(1000), two = Moment(2000);
  AddKind(&one, v1::MODULE_TEXT, 4, 512, 512);
  const std::string text = OwnersText(std::vector<OwnersGroup>{
      {"stock", "qemu", "modules", "loaded", {one}}, {"rox", "qemu", "modules", "loaded", {two}}});
  EXPECT_THAT(text, HasSubstr("qemu, modules, after loaded; means over the seeds\n"));
  EXPECT_THAT(text, HasSubstr("stock        1            1,000  module text"));
  EXPECT_THAT(text, HasSubstr("rox          1            2,000  nothing"));
}

}  // namespace
}  // namespace roxlab
