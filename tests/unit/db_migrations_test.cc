// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/files.h"
#include "db/connection.h"
#include "db/database.h"
#include "db/migrations.h"

namespace roxlab {
namespace {

using ::testing::HasSubstr;

class MigrationsTest : public ::testing::Test {
 protected:
  std::unique_ptr<Connection> Open() {
    return *Connection::Open(dir_.path() / "lab.db", Connection::Mode::kReadWrite);
  }
  static int Version(Connection& connection) {
    return connection.raw().execAndGet("PRAGMA user_version").getInt();
  }

  TempDir dir_ = *TempDir::Make(::testing::TempDir(), "db-");
  const std::vector<Migration> first_ = {{1, "001_a", "CREATE TABLE a (x INTEGER) STRICT;"}};
  const std::vector<Migration> both_ = {
      first_[0], {2, "002_b", "ALTER TABLE a ADD COLUMN y INTEGER; INSERT INTO a VALUES (1, 2);"}};
};

TEST_F(MigrationsTest, TheEmbeddedOnesAreNumberedWithoutGaps) {
  int version = 0;
  for (const Migration& migration : EmbeddedMigrations()) {
    EXPECT_EQ(migration.version, ++version) << migration.name;
    EXPECT_NE(migration.sql, "");
  }
  EXPECT_GE(version, 1);
}

TEST_F(MigrationsTest, AFreshDatabaseGetsThemAllAndASecondStartNothing) {
  for (int start = 0; start < 2; ++start) {
    auto database = Database::Open(dir_.path() / "lab.db");
    ASSERT_TRUE(database.ok()) << database.status();
  }
  EXPECT_EQ(Version(*Open()), EmbeddedMigrations().back().version);
}

TEST_F(MigrationsTest, AnOlderDatabaseGetsWhatItLacks) {
  auto connection = Open();
  ASSERT_TRUE(Migrate(*connection, first_).ok());
  ASSERT_TRUE(Migrate(*connection, both_).ok());
  ASSERT_TRUE(Migrate(*connection, both_).ok());
  EXPECT_EQ(Version(*connection), 2);
  EXPECT_EQ(connection->raw().execAndGet("SELECT count(*) FROM a").getInt(), 1);
}

TEST_F(MigrationsTest, ANewerDatabaseIsRefusedAndStaysAsItIs) {
  auto connection = Open();
  ASSERT_TRUE(Migrate(*connection, both_).ok());
  const absl::Status status = Migrate(*connection, first_);
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(status.message()),
              HasSubstr("has schema version 2, this roxlabd knows versions up to 1: start the "
                        "newer roxlabd"));
  EXPECT_EQ(Version(*connection), 2);
}

TEST_F(MigrationsTest, AnotherProgramsDatabaseIsRefused) {
  auto connection = Open();
  connection->raw().exec("CREATE TABLE recipes (x)");
  const absl::Status status = Migrate(*connection, both_);
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(status.message()), HasSubstr("another program"));
}

TEST_F(MigrationsTest, AStepThatFailsNeverWas) {
  auto connection = Open();
  std::vector<Migration> broken = both_;
  broken[1].sql = "CREATE TABLE b (x INTEGER) STRICT; CREATE TABLE a (x INTEGER) STRICT;";
  const absl::Status status = Migrate(*connection, broken);
  EXPECT_FALSE(status.ok());
  EXPECT_THAT(std::string(status.message()), HasSubstr("002_b"));
  EXPECT_EQ(Version(*connection), 1);
  EXPECT_FALSE(connection->raw().tableExists("b"));
}

TEST_F(MigrationsTest, WhatIsNoDatabaseIsSaid) {
  ASSERT_TRUE(WriteFileAtomically(dir_.path() / "lab.db", std::string(5000, 'x')).ok());
  EXPECT_EQ(Database::Open(dir_.path() / "lab.db").status().code(), absl::StatusCode::kDataLoss);
}

}  // namespace
}  // namespace roxlab
