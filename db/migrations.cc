// SPDX-License-Identifier: Apache-2.0
#include "db/migrations.h"

#include "absl/strings/str_cat.h"
#include "common/status_macros.h"
#include "db/query.h"

namespace roxlab {
namespace {

// "roxl": tells our files from other programs' (PRAGMA application_id).
constexpr int kApplicationId = 0x726f786c;

int Pragma(Connection& connection, const char* sql) {
  return connection.raw().execAndGet(sql).getInt();
}

void Apply(Connection& connection, const Migration& migration) {
  SQLite::Database& db = connection.raw();
  SQLite::Transaction transaction(db, SQLite::TransactionBehavior::IMMEDIATE);
  // Another process may have been quicker.
  if (Pragma(connection, "PRAGMA user_version") >= migration.version) return;
  db.exec(migration.sql);
  db.exec(absl::StrCat("PRAGMA user_version = ", migration.version));
  db.exec(absl::StrCat("PRAGMA application_id = ", kApplicationId));
  transaction.commit();
}

}  // namespace

absl::Status Migrate(Connection& connection, const std::vector<Migration>& migrations) {
  const int newest = migrations.empty() ? 0 : migrations.back().version;
  int version = 0, application = 0, tables = 0;
  ROXLAB_RETURN_IF_ERROR(Try("reading the version", [&] {
    version = Pragma(connection, "PRAGMA user_version");
    application = Pragma(connection, "PRAGMA application_id");
    tables = Pragma(connection, "SELECT count(*) FROM sqlite_schema");
  }));
  const std::string& file = connection.raw().getFilename();
  if (application != kApplicationId && (tables != 0 || version != 0 || application != 0)) {
    return absl::FailedPreconditionError(
        absl::StrCat(file, " is a database of another program; choose another home directory"));
  }
  if (version > newest) {
    return absl::FailedPreconditionError(absl::StrCat(
        file, " has schema version ", version, ", this roxlabd knows versions up to ", newest,
        ": start the newer roxlabd that wrote it, or give this one another home directory"));
  }
  for (const Migration& migration : migrations) {
    if (migration.version <= version) continue;
    ROXLAB_RETURN_IF_ERROR(
        Try(absl::StrCat("migration ", migration.name), [&] { Apply(connection, migration); }));
  }
  return absl::OkStatus();
}

}  // namespace roxlab
