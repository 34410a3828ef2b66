// SPDX-License-Identifier: Apache-2.0
#include "common/names.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/printable.h"

namespace roxlab {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(Names, NearestComeFirst) {
  EXPECT_THAT(NearestNames("qemu-bbml", {"board", "qemu-no-bbml3", "qemu-bbml3"}),
              ElementsAre("qemu-bbml3", "qemu-no-bbml3"));
}

TEST(Names, FarOnesAreNotOffered) {
  EXPECT_THAT(NearestNames("xyz", {"stock", "rox-cache"}), IsEmpty());
}

TEST(Names, UnknownNameOffersTheNearest) {
  EXPECT_EQ(UnknownName("variant", "stok", {"rox-cache", "stock"}),
            "unknown variant 'stok'; did you mean 'stock'?");
}

TEST(Names, UnknownNameListsAllWhenNothingIsNear) {
  EXPECT_EQ(UnknownName("base", "zzz", {"linux-7.2", "linux-7.3"}),
            "unknown base 'zzz'; there is 'linux-7.2', 'linux-7.3'");
}

TEST(Names, NothingThatCouldBeAPathIsAName) {
  for (const char* bad : {"", ".", "..", "../x", "a/b", "-x", "a b", "a\n"})
    EXPECT_FALSE(IsValidName(bad)) << bad;
  EXPECT_TRUE(IsValidName("linux-7.3"));
  EXPECT_FALSE(IsValidName(std::string(101, 'a')));
}

TEST(Utf8Prefix, EndsBetweenCharacters) {
  EXPECT_EQ(Utf8Prefix("abc", 3), "abc");
  EXPECT_EQ(Utf8Prefix("abcd", 3), "abc");
  EXPECT_EQ(Utf8Prefix("a\xe2\x88\x92z", 4), "a\xe2\x88\x92");
  EXPECT_EQ(Utf8Prefix("a\xe2\x88\x92z", 3), "a");
  EXPECT_EQ(Utf8Prefix("\xe2\x88\x92", 1), "");
}

}  // namespace
}  // namespace roxlab
