// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_DB_MIGRATIONS_H_
#define ROXLAB_DB_MIGRATIONS_H_

#include <string>
#include <vector>

#include "absl/status/status.h"

namespace roxlab {

class Connection;

// One step from a schema version to the next.
struct Migration {
  int version;       // From 1, without gaps.
  std::string name;  // "001_initial"
  std::string sql;
};

// Those of db/migrations/, in order.
const std::vector<Migration>& EmbeddedMigrations();

// Brings the database to the last of `migrations`, each step in a transaction of its own together
// with its version number (PRAGMA user_version): an interrupted step never was.
// FAILED_PRECONDITION when the database is newer than `migrations`, or belongs to another program;
// then nothing was changed.
absl::Status Migrate(Connection& connection, const std::vector<Migration>& migrations);

}  // namespace roxlab

#endif  // ROXLAB_DB_MIGRATIONS_H_
