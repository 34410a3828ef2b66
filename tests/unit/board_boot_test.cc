// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "board/boot_methods.h"
#include "board/marked_block.h"

namespace roxlab {
namespace {

using ::testing::HasSubstr;

TEST(MarkedBlock, ComesGoesAndLeavesTheRestAsItWas) {
  const std::string text = "one\ntwo\n";
  const std::string with = WithBlock(text, "ours\n");
  EXPECT_THAT(with, ::testing::StartsWith("one\ntwo\n# roxlab begin"));
  EXPECT_EQ(WithoutBlock(with), text);
  EXPECT_EQ(WithoutBlock(WithBlock(WithBlock(text, "a\n"), "b\n")), text);
  EXPECT_EQ(WithoutBlock("no line break"), "no line break\n");
  EXPECT_EQ(WithoutBlock(WithBlock("", "x\n")), "");
  // One that was cut off in the midst.
  EXPECT_EQ(WithoutBlock(with.substr(0, with.size() - 5)), text);
}

constexpr char kConfig[] =
    "## /boot/extlinux/extlinux.conf\n"
    "default l0\n"
    "prompt 0\n"
    "timeout 50\n"
    "label l1\n"
    "\tlinux /boot/vmlinuz-rescue\n"
    "\tfdt /boot/other.dtb\n"
    "label l0\n"
    "\tmenu label Debian\n"
    "\tlinux /boot/vmlinuz\n"
    "\tinitrd /boot/initrd.img\n"
    "\tfdtdir /usr/lib/linux-image/\n"
    "\tappend root=/dev/mmcblk0p2 ro\n";

TEST(Extlinux, TheResidentKernelStaysTheDefaultAndOursIsTheLastInTheMenu) {
  int choice = 0;
  const auto config = AddExtlinuxEntry(kConfig, "root=/dev/mmcblk0p2 roxlab.seed=7", 3, &choice);
  ASSERT_TRUE(config.ok()) << config.status();
  EXPECT_EQ(choice, 3);
  EXPECT_THAT(*config, HasSubstr("\nDEFAULT l0\nMENU TITLE roxlab\nTIMEOUT 30\nLABEL roxlab\n"
                                 "  KERNEL roxlab/Image\n  fdtdir /usr/lib/linux-image/\n"
                                 "  APPEND root=/dev/mmcblk0p2 roxlab.seed=7\n"));
  EXPECT_EQ(WithoutBlock(*config), kConfig);
  int again = 0;
  EXPECT_EQ(*AddExtlinuxEntry(*config, "x", 3, &again),
            *AddExtlinuxEntry(kConfig, "x", 3, &choice));
  EXPECT_EQ(again, 3);
}

TEST(Extlinux, WithoutADefaultTheFirstEntryIsIt) {
  int choice = 0;
  const auto config = AddExtlinuxEntry("LABEL only\nKERNEL /k\n", "", 5, &choice);
  ASSERT_TRUE(config.ok()) << config.status();
  EXPECT_THAT(*config, HasSubstr("DEFAULT only\n"));
}

TEST(Extlinux, AFileWithNothingToGoOnWithIsRefused) {
  int choice = 0;
  EXPECT_TRUE(absl::IsFailedPrecondition(AddExtlinuxEntry("", "", 5, &choice).status()));
  EXPECT_THAT(AddExtlinuxEntry("default gone\nlabel l0\n", "", 5, &choice).status().message(),
              HasSubstr("no entry for its DEFAULT 'gone'"));
}

TEST(GrubEntry, EachWordOfTheCommandLineIsQuoted) {
  EXPECT_EQ(GrubEntry("12-34", "/roxlab/Image", "root=/dev/vda1  a=\"$x; reboot\" it's"),
            "menuentry roxlab --id roxlab {\n"
            "  search --no-floppy --set=root --fs-uuid 12-34\n"
            "  linux /roxlab/Image root=/dev/vda1 'a=\"$x;' 'reboot\"' 'it'\\''s'\n"
            "}\n");
}

}  // namespace
}  // namespace roxlab
