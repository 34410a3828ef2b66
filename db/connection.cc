// SPDX-License-Identifier: Apache-2.0
#include "db/connection.h"

#include <utility>

#include "absl/memory/memory.h"
#include "db/query.h"

namespace roxlab {
namespace {

// synchronous=FULL: what was acknowledged (a submission, a result) survives a power cut, not only
// a crash of the process. NORMAL would save one fsync per commit; Database shares that fsync among
// all who commit at the same time instead.
constexpr char kWriter[] =
    "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;";
constexpr char kReader[] = "PRAGMA query_only = ON;";

// Only a backup or a person with a shell can hold the lock for long.
constexpr int kBusyTimeoutMs = 10'000;

}  // namespace

absl::StatusOr<std::unique_ptr<Connection>> Connection::Open(const std::filesystem::path& path,
                                                             Mode mode) {
  const bool writes = mode == Mode::kReadWrite;
  const int flags = writes ? SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE : SQLite::OPEN_READWRITE;
  return Try(path.string(), [&] {
    auto connection = absl::WrapUnique(new Connection(path, flags | SQLite::OPEN_NOMUTEX));
    connection->db_.setBusyTimeout(kBusyTimeoutMs);
    connection->db_.exec(writes ? kWriter : kReader);
    return connection;
  });
}

std::unique_ptr<SQLite::Statement> Connection::Take(const char* sql) {
  std::vector<std::unique_ptr<SQLite::Statement>>& idle = idle_[sql];
  if (idle.empty()) return std::make_unique<SQLite::Statement>(db_, sql);
  std::unique_ptr<SQLite::Statement> statement = std::move(idle.back());
  idle.pop_back();
  return statement;
}

void Connection::Return(const char* sql, std::unique_ptr<SQLite::Statement> statement) {
  statement->tryReset();
  idle_[sql].push_back(std::move(statement));
}

}  // namespace roxlab
