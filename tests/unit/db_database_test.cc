// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "absl/strings/str_cat.h"
#include "common/files.h"
#include "common/status_macros.h"
#include "db/bases.h"
#include "db/database.h"
#include "db/query.h"

namespace roxlab {
namespace {

class DatabaseTest : public ::testing::Test {
 protected:
  absl::Status Pin(const std::string& name) {
    return db_->Write([&](Connection& connection) {
      return BaseTable(connection).Pin(name, "tree", "r1", 1).status();
    });
  }
  size_t Count() {
    size_t count = 0;
    EXPECT_TRUE(db_->Read([&](Connection& connection) -> absl::Status {
                     ROXLAB_ASSIGN_OR_RETURN(auto all, BaseTable(connection).All());
                     count = all.size();
                     return absl::OkStatus();
                   })
                    .ok());
    return count;
  }

  TempDir dir_ = *TempDir::Make(::testing::TempDir(), "db-");
  std::unique_ptr<Database> db_ = *Database::Open(dir_.path() / "lab.db");
};

TEST_F(DatabaseTest, AFailedWriteLeavesNothing) {
  const absl::Status status = db_->Write([](Connection& connection) -> absl::Status {
    ROXLAB_RETURN_IF_ERROR(BaseTable(connection).Pin("a", "t", "r", 1).status());
    return absl::AbortedError("changed my mind");
  });
  EXPECT_EQ(status.code(), absl::StatusCode::kAborted);
  EXPECT_EQ(Count(), 0u);
  EXPECT_TRUE(Pin("b").ok());
  EXPECT_EQ(Count(), 1u);
}

TEST_F(DatabaseTest, WhatWasWrittenIsThereAfterReopening) {
  ASSERT_TRUE(Pin("a").ok());
  db_.reset();
  db_ = *Database::Open(dir_.path() / "lab.db");
  EXPECT_EQ(Count(), 1u);
}

TEST_F(DatabaseTest, ManyWritersShareCommitsAndOneFailureIsItsOwn) {
  std::vector<std::thread> threads;
  std::vector<absl::Status> statuses(200);
  for (int t = 0; t < 8; ++t) {
    threads.emplace_back([&, t] {
      for (int i = t; i < 200; i += 8) {
        statuses[i] = db_->Write([&](Connection& connection) -> absl::Status {
          ROXLAB_RETURN_IF_ERROR(
              BaseTable(connection).Pin(absl::StrCat("base-", i), "t", "r", 1).status());
          return i % 10 == 0 ? absl::AbortedError("every tenth") : absl::OkStatus();
        });
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (int i = 0; i < 200; ++i) EXPECT_EQ(statuses[i].ok(), i % 10 != 0) << i;
  EXPECT_EQ(Count(), 180u);
}

TEST_F(DatabaseTest, ReadersSeeOneStateAndCannotWrite) {
  const absl::Status status = db_->Read([&](Connection& connection) -> absl::Status {
    ROXLAB_ASSIGN_OR_RETURN(auto before, BaseTable(connection).All());
    EXPECT_TRUE(Pin("while reading").ok());
    ROXLAB_ASSIGN_OR_RETURN(auto after, BaseTable(connection).All());
    EXPECT_EQ(before.size(), after.size());
    return BaseTable(connection).Pin("a", "t", "r", 1).status();
  });
  EXPECT_FALSE(status.ok());
  EXPECT_EQ(Count(), 1u);
}

// SQLite's own limit on the file's size stands in for a full disk: the error is the same.
TEST_F(DatabaseTest, AFullDiskIsSaidAndLosesNothingOfBefore) {
  ASSERT_TRUE(Pin("before").ok());
  absl::Status status = db_->Write([&](Connection& connection) -> absl::Status {
    connection.raw().exec("PRAGMA max_page_count = 1");
    for (int i = 0; i < 1000; ++i) {
      ROXLAB_RETURN_IF_ERROR(
          BaseTable(connection).Pin(absl::StrCat(std::string(1000, 'x'), i), "t", "r", 1).status());
    }
    return absl::OkStatus();
  });
  EXPECT_EQ(status.code(), absl::StatusCode::kResourceExhausted) << status;
  EXPECT_NE(status.message().find("no space left"), absl::string_view::npos);
  EXPECT_EQ(Count(), 1u);
}

}  // namespace
}  // namespace roxlab
