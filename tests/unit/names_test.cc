// SPDX-License-Identifier: Apache-2.0
#include "common/names.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

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

}  // namespace
}  // namespace roxlab
