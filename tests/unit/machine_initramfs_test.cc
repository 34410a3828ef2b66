// SPDX-License-Identifier: Apache-2.0
#include <archive.h>
#include <archive_entry.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <memory>
#include <sstream>

#include "absl/strings/str_cat.h"
#include "common/files.h"
#include "common/process.h"
#include "runner/machine/initramfs.h"

namespace roxlab {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class InitramfsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(WriteFileAtomically(dir_.path() / "probe", "PROBE").ok());
    // A build's archive: what cpio makes of a directory.
    ASSERT_TRUE(MakeDirectories(dir_.path() / "m" / "modules").ok());
    ASSERT_TRUE(WriteFileAtomically(dir_.path() / "m" / "modules" / "a.ko", "AAA").ok());
    absl::StatusOr<std::string> cpio = RunAndRead({.argv = {"cpio", "-o", "-H", "newc", "--quiet"},
                                                   .directory = dir_.path() / "m",
                                                   .input = "modules\nmodules/a.ko\n"});
    ASSERT_TRUE(cpio.ok()) << cpio.status();
    ASSERT_TRUE(WriteFileAtomically(dir_.path() / "modules.cpio", *cpio).ok());
  }

  std::string Make(absl::string_view script = "end\n") {
    absl::Status status = WriteInitramfs(
        {dir_.path() / "probe", script, dir_.path() / "modules.cpio"}, dir_.path() / "out");
    EXPECT_TRUE(status.ok()) << status;
    return *ReadFile(dir_.path() / "out");
  }

  TempDir dir_ = *TempDir::Make(::testing::TempDir(), "initramfs-");
};

// "mode path uid mtime rdev content" of each entry of the first archive in `bytes`; its end in
// `*end`.
std::vector<std::string> Entries(const std::string& bytes, size_t* end) {
  std::unique_ptr<archive, decltype(&archive_read_free)> in(archive_read_new(), archive_read_free);
  archive_read_support_format_cpio(in.get());
  archive_read_open_memory(in.get(), bytes.data(), bytes.size());
  std::vector<std::string> entries;
  archive_entry* entry;
  while (archive_read_next_header(in.get(), &entry) == ARCHIVE_OK) {
    std::string content(static_cast<size_t>(archive_entry_size(entry)), '\0');
    archive_read_data(in.get(), content.data(), content.size());
    std::ostringstream line;
    line << std::oct << archive_entry_mode(entry) << std::dec << " "
         << archive_entry_pathname(entry) << " " << archive_entry_uid(entry) << " "
         << archive_entry_mtime(entry) << " " << archive_entry_rdevmajor(entry) << ":"
         << archive_entry_rdevminor(entry) << " " << content;
    entries.push_back(line.str());
  }
  *end = static_cast<size_t>(archive_filter_bytes(in.get(), -1));
  return entries;
}

TEST_F(InitramfsTest, HoldsTheProbeTheScriptAndTheConsole) {
  size_t end = 0;
  EXPECT_THAT(
      Entries(Make("phase boot\nend\n"), &end),
      ElementsAre("40755 dev 0 0 0:0 ", "20600 dev/console 0 0 5:1 ", "100755 init 0 0 0:0 PROBE",
                  "40755 roxlab 0 0 0:0 ", "100644 roxlab/script 0 0 0:0 phase boot\nend\n"));
}

TEST_F(InitramfsTest, TheModulesFollowWhereTheKernelLooksForThem) {
  const std::string bytes = Make();
  const std::string modules = *ReadFile(dir_.path() / "modules.cpio");
  const size_t at = bytes.size() - modules.size();
  EXPECT_EQ(bytes.substr(at), modules);
  // The kernel skips zeros between archives, and wants the next at a multiple of 4.
  EXPECT_EQ(at % 4, 0u);
  const size_t trailer = bytes.find("TRAILER!!!");
  ASSERT_LT(trailer, at);
  EXPECT_EQ(bytes.find_first_not_of('\0', trailer + 10), at);
}

TEST_F(InitramfsTest, CpioReadsItToo) {
  Make();
  absl::StatusOr<std::string> list =
      RunAndRead({.argv = {"cpio", "-t", "--quiet"}, .input = *ReadFile(dir_.path() / "out")});
  ASSERT_TRUE(list.ok()) << list.status();
  EXPECT_EQ(*list, "dev\ndev/console\ninit\nroxlab\nroxlab/script\n");
}

TEST_F(InitramfsTest, TheSamePartsGiveTheSameBytes) {
  const std::string first = Make();
  ASSERT_TRUE(WriteFileAtomically(dir_.path() / "probe", "PROBE").ok());  // A new time.
  EXPECT_EQ(Make(), first);
  EXPECT_NE(Make("phase x\nend\n"), first);
}

TEST_F(InitramfsTest, WhatIsNoArchiveIsRefusedBeforeAKernelDiesOfIt) {
  for (const char* bad : {"", "hello", "\x1f\x8b gzip"}) {
    ASSERT_TRUE(WriteFileAtomically(dir_.path() / "modules.cpio", bad).ok());
    absl::Status status = WriteInitramfs(
        {dir_.path() / "probe", "end\n", dir_.path() / "modules.cpio"}, dir_.path() / "out");
    EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss) << bad;
    EXPECT_THAT(std::string(status.message()), HasSubstr("modules.cpio"));
  }
}

TEST_F(InitramfsTest, AMissingProbeIsNamed) {
  absl::Status status = WriteInitramfs(
      {dir_.path() / "gone", "end\n", dir_.path() / "modules.cpio"}, dir_.path() / "out");
  EXPECT_EQ(status.code(), absl::StatusCode::kNotFound);
  EXPECT_THAT(std::string(status.message()), HasSubstr("gone"));
}

}  // namespace
}  // namespace roxlab
