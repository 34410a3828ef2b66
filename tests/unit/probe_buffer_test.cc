// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <string>

#include "common/files.h"
#include "runner/probe/system.h"

namespace roxlab::probe {
namespace {

class BufferTest : public ::testing::Test {
 protected:
  // Reads a file of so many bytes and tells whether that took memory.
  bool Grows(size_t bytes) {
    const std::string path = (dir_.path() / "file").string();
    EXPECT_TRUE(WriteFileAtomically(path, std::string(bytes, 'x')).ok());
    const Result result = buffer_.ReadFile(path.c_str());
    EXPECT_TRUE(result.ok) << result.reason;
    EXPECT_EQ(buffer_.view().size(), bytes);
    return buffer_.grew();
  }

  TempDir dir_ = *TempDir::Make(::testing::TempDir(), "buffer-");
  Buffer buffer_;
};

TEST_F(BufferTest, OnlyAReadOfMoreThanEverBeforeTakesMemory) {
  EXPECT_TRUE(Grows(10'000));
  EXPECT_FALSE(Grows(10'000));
  EXPECT_FALSE(Grows(10));
  EXPECT_FALSE(Grows(10'000));
  EXPECT_TRUE(Grows(10'001));
}

TEST_F(BufferTest, WhatIsLargerThanItsFirstMemoryIsReadWhole) {
  EXPECT_TRUE(Grows(size_t{9} << 20));
  EXPECT_FALSE(Grows(size_t{9} << 20));
}

}  // namespace
}  // namespace roxlab::probe
