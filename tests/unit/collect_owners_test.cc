// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "runner/collect/owners.h"

namespace roxlab {
namespace {

using pagetable::OwnerKind;
using ::testing::HasSubstr;

TEST(OwnersFromTheProbe, AModulesPartsAreOfTheKindOfTheirMemory) {
  const auto owners = ParseOwners(
      "module ffff800079000000 ext4 text\n"
      "module ffff800079100000 ext4 rodata\n"
      "module ffff800079200000 ext4 ro_after_init\n");
  ASSERT_TRUE(owners.ok()) << owners.status();
  ASSERT_EQ(owners->places.size(), 3u);
  EXPECT_EQ(owners->places[0].kind, OwnerKind::kModuleText);
  EXPECT_EQ(owners->places[0].address, 0xffff800079000000u);
  EXPECT_EQ(owners->places[0].name, "ext4");
  EXPECT_EQ(owners->places[1].kind, OwnerKind::kModuleRodata);
  EXPECT_EQ(owners->places[2].kind, OwnerKind::kModuleRoAfterInit);
}

TEST(OwnersFromTheProbe, SymbolsAreOfWhoMadeThem) {
  const auto owners = ParseOwners(
      "symbol ffff800080000000 t bpf_prog_1234_x\t[bpf]\n"
      "symbol ffff800080010000 t kprobe_insn_page\t[__builtin__kprobes]\n"
      "symbol ffff800080020000 t ftrace_trampoline\t[__builtin__ftrace]\n");
  ASSERT_TRUE(owners.ok()) << owners.status();
  EXPECT_EQ(owners->places[0].kind, OwnerKind::kBpf);
  EXPECT_EQ(owners->places[0].name, "bpf_prog_1234_x");
  EXPECT_EQ(owners->places[1].kind, OwnerKind::kKprobes);
  EXPECT_EQ(owners->places[2].kind, OwnerKind::kTrampolines);
}

TEST(OwnersFromTheProbe, WhatLiesBetweenThePartsOfTheImageIsItsInitMemory) {
  const auto owners = ParseOwners(
      "memory 40210000-408effff : Kernel code\nmemory 40a00000-40bfffff : Kernel data\n");
  ASSERT_TRUE(owners.ok()) << owners.status();
  ASSERT_EQ(owners->image.size(), 3u);
  EXPECT_EQ(owners->image[0].last, 0x408effffu);
  EXPECT_EQ(owners->image[2].name, "Kernel init");
  EXPECT_EQ(owners->image[2].first, 0x408f0000u);
  EXPECT_EQ(owners->image[2].last, 0x409fffffu);
}

TEST(OwnersFromTheProbe, ALineThatIsNoneIsNamedByItsNumber) {
  for (const char* bad : {"module zz ext4 text", "module 10 ext4", "module 10 a b c",
                          "module 10 a init", "symbol 10 t x", "what", "memory 40-30 : Kernel code",
                          "memory 40 : Kernel code", "memory"}) {
    const auto owners = ParseOwners(std::string("module 10 a text\n") + bad + "\n");
    EXPECT_EQ(owners.status().code(), absl::StatusCode::kDataLoss) << bad;
    EXPECT_THAT(std::string(owners.status().message()), HasSubstr("line 2")) << bad;
  }
}

TEST(OwnersFromTheProbe, AListWithoutEndIsRefused) {
  std::string text;
  for (int i = 0; i < 65; ++i) text += "memory 1-2 : Kernel code\n";
  EXPECT_THAT(std::string(ParseOwners(text).status().message()), HasSubstr("line 65: more than"));
  text.clear();
  for (int i = 0; i < 200'001; ++i) text += "module 1 a text\n";
  EXPECT_THAT(std::string(ParseOwners(text).status().message()), HasSubstr("line 200001"));
}

TEST(OwnersFromTheProbe, HostileNamesAreMadePrintable) {
  const auto owners = ParseOwners("module 10 a\x1b[31m\xff text\n");
  ASSERT_TRUE(owners.ok()) << owners.status();
  EXPECT_EQ(owners->places[0].name, "a?[31m?");
}

TEST(OwnersFromTheProbe, TheJsonHasTheFieldNamesOfProto) {
  pagetable::Attribution attribution;
  attribution.block_bytes = 2 << 20;
  attribution.kinds.push_back({OwnerKind::kModuleText, 3, 40, 512, 1024});
  const auto json = nlohmann::json::parse(AttributionJson(attribution, "loaded"));
  EXPECT_EQ(json["phase"], "loaded");
  EXPECT_EQ(json["kinds"][0]["kind"], "MODULE_TEXT");
  EXPECT_EQ(json["kinds"][0]["saves_with_above"], "1024");
  EXPECT_EQ(json["kinds"][0]["cacheable"], true);
}

}  // namespace
}  // namespace roxlab
