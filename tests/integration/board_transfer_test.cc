// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/mount.h>
#include <unistd.h>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "board/transfer.h"
#include "common/hash.h"
#include "tests/support/ssh_server.h"

namespace roxlab {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

// Bytes that do not compress.
std::string Noise(size_t bytes, uint64_t seed) {
  std::string noise(bytes, '\0');
  for (char& c : noise) {
    seed = seed * 6364136223846793005 + 1442695040888963407;
    c = static_cast<char>(seed >> 56);
  }
  return noise;
}

class BoardTransfer : public ::testing::Test {
 protected:
  BoardTransfer() {
    board_.set_work_directory((server_.home() / "it's work" / "roxlab").string());
    board_.set_cache_mib(64);
    fs::create_directories(scratch());
  }
  fs::path scratch() const { return server_.home() / "scratch"; }
  TransferFile File(const std::string& name, const std::string& content) {
    const fs::path path = server_.home() / name;
    EXPECT_TRUE(WriteFileAtomically(path, content).ok());
    return {path, Sha256Hex(content)};
  }
  absl::StatusOr<TransferResult> Put(const std::map<std::string, TransferFile>& files,
                                     const TransferProgress& progress = {}) {
    if (session_ == nullptr) session_ = server_.Connect();
    Transfer transfer(*session_, board_, scratch());
    return transfer.Put(files, Soon(), StopToken(), progress);
  }
  std::vector<fs::path> InCache() const {
    std::vector<fs::path> files;
    for (const auto& entry : fs::directory_iterator(fs::path(board_.work_directory()) / "cache"))
      files.push_back(entry.path().filename());
    return files;
  }

  SshServer server_;
  v1::Board board_;
  std::unique_ptr<SshSession> session_;
};

TEST_F(BoardTransfer, WhatIsThereAlreadyIsNotSentAgain) {
  const std::map<std::string, TransferFile> files = {
      {"Image", File("Image", Noise(1 << 20, 1) + std::string(20 << 20, '\0'))},
      {"probe", File("probe", "#!/bin/sh\necho it runs\n")}};
  const auto first = Put(files);
  ASSERT_TRUE(first.ok()) << first.status();
  EXPECT_EQ(first->sent, 2);
  EXPECT_LT(first->sent_bytes, 2u << 20);
  EXPECT_EQ(*Sha256HexOfFile(first->paths.at("Image")), files.at("Image").sha256);
  EXPECT_EQ(*session_->RunAndRead({first->paths.at("probe")}, Soon(), StopToken()), "it runs\n");

  const absl::Time start = absl::Now();
  const auto second = Put(files, [](uint64_t, uint64_t) { FAIL() << "something is sent"; });
  ASSERT_TRUE(second.ok()) << second.status();
  EXPECT_EQ(second->sent, 0);
  EXPECT_EQ(second->paths, first->paths);
  RecordProperty("unchanged_ms", static_cast<int>(absl::ToInt64Milliseconds(absl::Now() - start)));
  EXPECT_TRUE(fs::is_empty(scratch()));
}

TEST_F(BoardTransfer, OnlyWhatChangedIsSent) {
  ASSERT_TRUE(Put({{"a", File("a", "one")}, {"b", File("b", "two")}}).ok());
  const auto second = Put({{"a", File("a", "one")}, {"b", File("b", "three")}});
  ASSERT_TRUE(second.ok()) << second.status();
  EXPECT_EQ(second->sent, 1);
}

TEST_F(BoardTransfer, ACachedFileThatWasDamagedIsFoundByItsHashAndSentAnew) {
  const TransferFile file = File("Image", Noise(1 << 20, 2));
  const std::string path = Put({{"Image", file}})->paths.at("Image");
  std::string content = *ReadFile(path);
  content[77] ^= 1;
  ASSERT_TRUE(WriteFileAtomically(path, content).ok());
  const auto again = Put({{"Image", file}});
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(again->sent, 1);
  EXPECT_EQ(*Sha256HexOfFile(path), file.sha256);
}

TEST_F(BoardTransfer, WhatArrivesWithAnotherHashThanItShouldIsNotKept) {
  TransferFile file = File("Image", "content");
  file.sha256 = Sha256Hex("other content");
  const auto put = Put({{"Image", file}});
  EXPECT_TRUE(absl::IsDataLoss(put.status())) << put.status();
  EXPECT_TRUE(InCache().empty());
}

TEST_F(BoardTransfer, ALinkCutInMidTransferIsUnavailableAndTheNextTransferIsWhole) {
  const TransferFile file = File("Image", Noise(8 << 20, 3));
  const auto cut = Put({{"Image", file}}, [&](uint64_t done, uint64_t) {
    if (done == 1 << 20) server_.CutLinks();
  });
  EXPECT_TRUE(absl::IsUnavailable(cut.status())) << cut.status();
  for (const fs::path& name : InCache()) EXPECT_FALSE(IsSha256Hex(name.string())) << name;

  session_ = nullptr;
  const auto again = Put({{"Image", file}});
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(*Sha256HexOfFile(again->paths.at("Image")), file.sha256);
  EXPECT_EQ(InCache(), std::vector<fs::path>{file.sha256});
}

TEST_F(BoardTransfer, TheCacheIsBoundedAndGivesUpWhatIsOldest) {
  board_.set_cache_mib(3);
  const TransferFile old = File("old", Noise(1 << 20, 4)), newer = File("newer", Noise(1 << 20, 5)),
                     big = File("big", Noise(3 << 19, 6));
  const std::string old_path = Put({{"f", old}})->paths.at("f");
  fs::last_write_time(old_path, fs::file_time_type::clock::now() - std::chrono::hours(1));
  ASSERT_TRUE(Put({{"f", newer}}).ok());
  ASSERT_TRUE(Put({{"f", big}}).ok());
  EXPECT_FALSE(fs::exists(old_path));
  EXPECT_EQ(InCache().size(), 2u);
}

TEST_F(BoardTransfer, NothingIsLeftAfterAClear) {
  ASSERT_TRUE(Put({{"f", File("f", "x")}}).ok());
  Transfer transfer(*session_, board_, scratch());
  ASSERT_TRUE(transfer.Clear(Soon(), StopToken()).ok());
  EXPECT_FALSE(fs::exists(fs::path(board_.work_directory()) / "cache"));
}

// A real file system of 4 MiB, for as long as it lives.
class SmallDisk {
 public:
  explicit SmallDisk(const fs::path& path) : path_(path) {
    fs::create_directories(path);
    mounted_ = mount("none", path.c_str(), "tmpfs", 0, "size=4m") == 0;
  }
  ~SmallDisk() {
    if (mounted_) umount2(path_.c_str(), MNT_DETACH);
  }
  bool mounted() const { return mounted_; }

 private:
  fs::path path_;
  bool mounted_;
};

TEST_F(BoardTransfer, NoRoomIsToldBeforeAnythingIsSent) {
  const SmallDisk disk(server_.home() / "disk");
  if (!disk.mounted()) GTEST_SKIP() << "only root may mount a small disk";
  board_.set_work_directory((server_.home() / "disk/roxlab").string());
  const auto put = Put({{"Image", File("Image", Noise(4 << 20, 7))}},
                       [](uint64_t, uint64_t) { FAIL() << "something is sent"; });
  EXPECT_TRUE(absl::IsResourceExhausted(put.status())) << put.status();
  EXPECT_THAT(put.status().message(), HasSubstr("no room on the board"));
}

TEST_F(BoardTransfer, ACacheThatFillsTheDiskGivesWay) {
  const SmallDisk disk(server_.home() / "disk");
  if (!disk.mounted()) GTEST_SKIP() << "only root may mount a small disk";
  board_.set_work_directory((server_.home() / "disk/roxlab").string());
  ASSERT_TRUE(Put({{"f", File("f", Noise(1 << 20, 8))}}).ok());
  const auto second = Put({{"f", File("f", Noise(5 << 18, 9))}});
  ASSERT_TRUE(second.ok()) << second.status();
  EXPECT_EQ(InCache().size(), 1u);
}

TEST_F(BoardTransfer, ADiskThatFillsUpUnderAnUploadIsTold) {
  const SmallDisk disk(server_.home() / "disk");
  if (!disk.mounted()) GTEST_SKIP() << "only root may mount a small disk";
  const std::string remote = (server_.home() / "disk/file").string();
  const TransferFile file = File("Image", Noise(6 << 20, 10));
  auto session = server_.Connect();
  const absl::Status status = session->Upload(file.local, remote, 0600, Soon(), StopToken());
  EXPECT_TRUE(absl::IsResourceExhausted(status)) << status;
  EXPECT_TRUE(fs::is_empty(server_.home() / "disk"));
}

}  // namespace
}  // namespace roxlab
