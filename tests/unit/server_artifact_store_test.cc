// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <thread>

#include "server/artifacts/artifact_store.h"

namespace roxlab {
namespace {

namespace fs = std::filesystem;

class ArtifactStoreTest : public ::testing::Test {
 protected:
  size_t FilesInStore() const {
    size_t files = 0;
    for (const auto& entry : fs::recursive_directory_iterator(dir_.path()))
      files += entry.is_regular_file() ? 1 : 0;
    return files;
  }

  TempDir dir_ = *TempDir::Make(::testing::TempDir(), "store-");
  ArtifactStore store_ = *ArtifactStore::Open(dir_.path());
};

TEST_F(ArtifactStoreTest, WhatWentInComesOut) {
  const v1::Artifact artifact = *store_.Put("a", "content");
  EXPECT_EQ(artifact.sha256(), Sha256Hex("content"));
  EXPECT_EQ(artifact.size(), 7u);
  EXPECT_EQ(*store_.ReadAll(artifact.sha256()), "content");
  EXPECT_EQ(*store_.Size(artifact.sha256()), 7u);
  EXPECT_TRUE(store_.Put("b", "content").ok());
  EXPECT_EQ(FilesInStore(), 1u);
}

TEST_F(ArtifactStoreTest, ATornUploadLeavesNothing) {
  const std::string sha256 = Sha256Hex("content");
  {
    ArtifactStore::Writer writer = *store_.Write(sha256);
    ASSERT_TRUE(writer.Append("cont").ok());
    EXPECT_FALSE(store_.Has(sha256));
  }
  EXPECT_EQ(FilesInStore(), 0u);
}

TEST_F(ArtifactStoreTest, ATornUploadOfACrashedProcessIsRemovedAtTheNextStart) {
  ArtifactStore::Writer writer = *store_.Write(Sha256Hex("content"));
  ASSERT_TRUE(writer.Append("cont").ok());
  EXPECT_EQ(FilesInStore(), 1u);
  ASSERT_TRUE(ArtifactStore::Open(dir_.path()).ok());
  EXPECT_EQ(FilesInStore(), 0u);
}

TEST_F(ArtifactStoreTest, TheWrongContentIsDataLossAndNeverVisible) {
  const std::string sha256 = Sha256Hex("content");
  {
    ArtifactStore::Writer writer = *store_.Write(sha256);
    ASSERT_TRUE(writer.Append("something else").ok());
    EXPECT_EQ(writer.Commit().status().code(), absl::StatusCode::kDataLoss);
  }
  EXPECT_FALSE(store_.Has(sha256));
  EXPECT_EQ(FilesInStore(), 0u);
}

TEST_F(ArtifactStoreTest, ManyWritersOfOneFileAllSucceed) {
  const std::string content(300'000, 'x'), sha256 = Sha256Hex(content);
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&] {
      ArtifactStore::Writer writer = *store_.Write(sha256);
      EXPECT_TRUE(writer.Append(content.substr(0, 100'000)).ok());
      EXPECT_TRUE(writer.Append(content.substr(100'000)).ok());
      EXPECT_EQ(*writer.Commit(), content.size());
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(*store_.ReadAll(sha256), content);
  EXPECT_EQ(FilesInStore(), 1u);
}

TEST_F(ArtifactStoreTest, HostileNamesNeverTouchTheDisk) {
  for (const std::string& name :
       {std::string(), std::string("../../../etc/passwd"), std::string(64, '/'),
        std::string(64, 'A'), std::string(63, 'a'), std::string(65, 'a'),
        std::string("../") + std::string(61, 'a'), std::string(63, 'a') + '\0'}) {
    EXPECT_EQ(store_.Write(name).status().code(), absl::StatusCode::kInvalidArgument);
    EXPECT_EQ(store_.ReadAll(name).status().code(), absl::StatusCode::kInvalidArgument);
    EXPECT_FALSE(store_.Has(name));
  }
  EXPECT_EQ(FilesInStore(), 0u);
}

TEST_F(ArtifactStoreTest, ReadsStartWhereTheyAreTold) {
  const std::string sha256 = store_.Put("a", "content")->sha256();
  std::string read;
  auto sink = [&](absl::string_view bytes) {
    read.append(bytes.data(), bytes.size());
    return absl::OkStatus();
  };
  ASSERT_TRUE(store_.Read(sha256, 3, sink).ok());
  EXPECT_EQ(read, "tent");
  EXPECT_TRUE(store_.Read(sha256, 7, sink).ok());
  EXPECT_EQ(store_.Read(sha256, 8, sink).code(), absl::StatusCode::kOutOfRange);
  EXPECT_EQ(store_.Read(std::string(64, 'a'), 0, sink).code(), absl::StatusCode::kNotFound);
}

}  // namespace
}  // namespace roxlab
