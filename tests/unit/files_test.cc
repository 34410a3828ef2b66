// SPDX-License-Identifier: Apache-2.0
#include "common/files.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>

#include "common/beneath.h"
#include "common/hash.h"

namespace roxlab {
namespace {
namespace fs = std::filesystem;

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

TEST_F(FilesTest, FilesAreListedByExtensionInTheOrderOfTheirNames) {
  for (const char* name : {"b.yaml", "a-b.yaml", "a.yaml", "a.yaml.new", "yaml"})
    ASSERT_TRUE(WriteFileAtomically(dir_.path() / name, "").ok());
  const auto files = FilesIn(dir_.path(), ".yaml");
  ASSERT_TRUE(files.ok()) << files.status();
  std::vector<std::string> names;
  for (const fs::path& file : *files) names.push_back(file.filename());
  EXPECT_EQ(names, (std::vector<std::string>{"a-b.yaml", "a.yaml", "b.yaml"}));
  EXPECT_EQ(EntriesIn(dir_.path())->size(), 5u);
}

TEST_F(FilesTest, AMissingDirectoryIsEmptyAndOneThatCannotBeReadIsAnError) {
  EXPECT_TRUE(FilesIn(dir_.path() / "none", ".yaml")->empty());
  ASSERT_TRUE(WriteFileAtomically(dir_.path() / "file", "").ok());
  const absl::Status status = FilesIn(dir_.path() / "file", ".yaml").status();
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_NE(status.message().find("cannot read"), absl::string_view::npos) << status;
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

class BeneathTest : public ::testing::Test {
 protected:
  BeneathTest() {
    fs::create_directories(dir_.path() / "out" / "sub");
    std::ofstream(dir_.path() / "secret") << "secret";
    std::ofstream(dir_.path() / "out" / "sub" / "file") << "content";
  }
  absl::StatusCode Read(const std::string& relative) {
    return ReadBeneath(dir_.path() / "out", relative).status().code();
  }
  TempDir dir_ = *TempDir::Make(::testing::TempDir(), "beneath-");
};

TEST_F(BeneathTest, AFileIsReadAndCopied) {
  EXPECT_EQ(*ReadBeneath(dir_.path() / "out", "sub/file"), "content");
  ASSERT_TRUE(CopyBeneath(dir_.path() / "out", "sub/file", dir_.path() / "copy").ok());
  EXPECT_EQ(*ReadFile(dir_.path() / "copy"), "content");
  EXPECT_EQ(ReadBeneath(dir_.path() / "out", "sub/file", 3).status().code(),
            absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(Read("sub/none"), absl::StatusCode::kNotFound);
}

TEST_F(BeneathTest, NothingThatLeadsElsewhereIsRead) {
  fs::create_symlink(dir_.path() / "secret", dir_.path() / "out" / "link");
  fs::create_symlink("..", dir_.path() / "out" / "up");
  ASSERT_EQ(mkfifo((dir_.path() / "out" / "pipe").c_str(), 0644), 0);
  for (const char* path : {"link", "up/secret", "../secret", "pipe", "sub", "/etc/passwd"})
    EXPECT_EQ(Read(path), absl::StatusCode::kPermissionDenied) << path;
}

}  // namespace
}  // namespace roxlab
