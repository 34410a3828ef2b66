// SPDX-License-Identifier: Apache-2.0
#include "common/files.h"

#include <gtest/gtest.h>

#include <fstream>

#include "common/hash.h"

namespace roxlab {
namespace {

class FilesTest : public ::testing::Test {
 protected:
  TempDir dir_ = *TempDir::Make(::testing::TempDir(), "files-");
};

TEST_F(FilesTest, AtomicWriteReplacesAndLeavesNothingBeside) {
  std::filesystem::path path = dir_.path() / "a";
  ASSERT_TRUE(WriteFileAtomically(path, "one").ok());
  ASSERT_TRUE(WriteFileAtomically(path, "two").ok());
  EXPECT_EQ(*ReadFile(path), "two");
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(dir_.path()), {}), 1);
}

TEST_F(FilesTest, AtomicWriteIntoAMissingDirectorySaysWhere) {
  absl::Status status = WriteFileAtomically(dir_.path() / "no" / "a", "x");
  EXPECT_EQ(status.code(), absl::StatusCode::kNotFound);
  EXPECT_NE(status.message().find("no/a"), absl::string_view::npos) << status;
}

TEST_F(FilesTest, ReadFileRefusesWhatIsOverTheLimit) {
  std::ofstream(dir_.path() / "big") << std::string(1000, 'x');
  EXPECT_EQ(ReadFile(dir_.path() / "big", 999).status().code(),
            absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(ReadFile(dir_.path() / "big", 1000)->size(), 1000u);
}

TEST_F(FilesTest, ALockIsHeldOnceAndFreedAtTheEnd) {
  std::filesystem::path path = dir_.path() / "lock";
  {
    absl::StatusOr<FileLock> first = FileLock::Take(path);
    ASSERT_TRUE(first.ok());
    EXPECT_EQ(FileLock::Take(path).status().code(), absl::StatusCode::kUnavailable);
  }
  EXPECT_TRUE(FileLock::Take(path).ok());
}

// The value is the example of FIPS 180-2, appendix B.1.
TEST_F(FilesTest, HashOfAFileIsTheHashOfItsBytes) {
  std::ofstream(dir_.path() / "abc") << "abc";
  EXPECT_EQ(*Sha256HexOfFile(dir_.path() / "abc"),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(*Sha256HexOfFile(dir_.path() / "abc"), Sha256Hex("abc"));
}

}  // namespace
}  // namespace roxlab
