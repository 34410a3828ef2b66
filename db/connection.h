// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_DB_CONNECTION_H_
#define ROXLAB_DB_CONNECTION_H_

#include <SQLiteCpp/SQLiteCpp.h>

#include <filesystem>
#include <memory>
#include <unordered_map>
#include <vector>

#include "absl/status/statusor.h"

namespace roxlab {

// One SQLite connection and its prepared statements. Only for the files of db/; others hold a
// reference that Database gave them. Used by one thread at a time.
class Connection {
 public:
  enum class Mode { kReadWrite, kReadOnly };

  // Opens (kReadWrite: creates) the file and sets what every connection needs.
  static absl::StatusOr<std::unique_ptr<Connection>> Open(const std::filesystem::path& path,
                                                          Mode mode);

  SQLite::Database& raw() { return db_; }

  // A statement ready to be bound; `sql` is a string literal. Throws SQLite::Exception.
  std::unique_ptr<SQLite::Statement> Take(const char* sql);
  // Gives it back for the next one who needs it.
  void Return(const char* sql, std::unique_ptr<SQLite::Statement> statement);

 private:
  Connection(const std::filesystem::path& path, int flags) : db_(path.string(), flags) {}

  SQLite::Database db_;
  // Idle statements by the address of their text. A vector, since one may be in use twice.
  std::unordered_map<const char*, std::vector<std::unique_ptr<SQLite::Statement>>> idle_;
};

}  // namespace roxlab

#endif  // ROXLAB_DB_CONNECTION_H_
