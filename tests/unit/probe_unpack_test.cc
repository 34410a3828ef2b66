// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/files.h"
#include "common/process.h"
#include "runner/probe/unpack.h"

namespace roxlab {
namespace {
namespace fs = std::filesystem;

class UnpackTest : public ::testing::Test {
 protected:
  // What cpio makes of files beneath `from`.
  std::string Archive(const std::string& names) {
    absl::StatusOr<std::string> cpio = RunAndRead(
        {.argv = {"cpio", "-o", "-H", "newc", "--quiet"}, .directory = from_, .input = names});
    EXPECT_TRUE(cpio.ok()) << cpio.status();
    return cpio.ok() ? *cpio : "";
  }
  bool Unpacks(const std::string& archive) {
    fs::remove_all(to_);
    fs::create_directories(to_);
    EXPECT_TRUE(WriteFileAtomically(dir_.path() / "archive", archive).ok());
    return probe::Unpack((dir_.path() / "archive").c_str(), to_.c_str()).ok;
  }
  void SetUp() override {
    fs::create_directories(from_ / "modules");
    ASSERT_TRUE(WriteFileAtomically(from_ / "modules/a.ko", std::string(70'001, 'a')).ok());
    ASSERT_TRUE(WriteFileAtomically(from_ / "modules/load-order", "a.ko\n").ok());
  }

  TempDir dir_ = *TempDir::Make(::testing::TempDir(), "unpack-");
  const fs::path from_ = dir_.path() / "from", to_ = dir_.path() / "to";
};

TEST_F(UnpackTest, FoldersAndFilesAreThereWhole) {
  ASSERT_TRUE(Unpacks(Archive("modules\nmodules/a.ko\nmodules/load-order\n")));
  EXPECT_EQ(*ReadFile(to_ / "modules/a.ko"), std::string(70'001, 'a'));
  EXPECT_EQ(*ReadFile(to_ / "modules/load-order"), "a.ko\n");
}

TEST_F(UnpackTest, AnArchiveThatIsCutOffAnywhereFails) {
  const std::string whole = Archive("modules\nmodules/load-order\n");
  const size_t end = whole.rfind("TRAILER!!!") + 14;  // With its zero and padding.
  for (size_t size = 0; size < end; ++size) EXPECT_FALSE(Unpacks(whole.substr(0, size))) << size;
  EXPECT_TRUE(Unpacks(whole.substr(0, end)));
}

TEST_F(UnpackTest, NothingIsMadeOutsideTheFolder) {
  std::string up = Archive("modules\nmodules/load-order\n");
  const size_t at = up.find("modules/load-order");
  EXPECT_FALSE(Unpacks(up.replace(at, 18, "../mod/loadorderX1")));
  EXPECT_FALSE(fs::exists(dir_.path() / "mod"));
  EXPECT_FALSE(Unpacks(up.replace(at, 18, "/modules/load-orde")));
  EXPECT_FALSE(Unpacks(up.replace(at, 18, "modules/../../evil")));
  EXPECT_FALSE(fs::exists(dir_.path() / "evil"));
}

TEST_F(UnpackTest, AFileThatComesTwiceFails) {
  EXPECT_FALSE(Unpacks(Archive("modules\nmodules/a.ko\nmodules/a.ko\n")));
}

}  // namespace
}  // namespace roxlab
