// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_DB_QUERY_H_
#define ROXLAB_DB_QUERY_H_

#include <memory>
#include <string>
#include <type_traits>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "db/connection.h"

namespace roxlab {

// Bytes for a BLOB column; a plain string is TEXT.
struct Blob {
  const std::string& bytes;
};

// One use of a prepared statement, inside db/ only. Everything here throws SQLite::Exception; Try
// (below) stands around it.
class Query {
 public:
  // Binds `values` in order: integers, enums, bool, double, strings, Blob, nullptr.
  template <typename... Values>
  Query(Connection& connection, const char* sql, const Values&... values)
      : connection_(connection), sql_(sql), statement_(connection.Take(sql)) {
    int index = 0;
    (Bind(++index, values), ...);
  }
  ~Query() { connection_.Return(sql_, std::move(statement_)); }
  Query(const Query&) = delete;
  Query& operator=(const Query&) = delete;

  // Goes to the next row; false after the last.
  bool Next() { return statement_->executeStep(); }
  // For statements without rows: rows changed.
  int Run() { return statement_->exec(); }
  // For INSERT: the new row's key.
  int64_t Insert() {
    statement_->exec();
    return connection_.raw().getLastInsertRowid();
  }

  // Columns of the row, from 0.
  int64_t Int(int column) { return statement_->getColumn(column).getInt64(); }
  double Real(int column) { return statement_->getColumn(column).getDouble(); }
  std::string Text(int column) { return statement_->getColumn(column).getString(); }
  bool IsNull(int column) { return statement_->isColumnNull(column); }

 private:
  template <typename Value>
  void Bind(int index, const Value& value) {
    if constexpr (std::is_same_v<Value, std::nullptr_t>) {
      statement_->bind(index);
    } else if constexpr (std::is_same_v<Value, Blob>) {
      statement_->bind(index, value.bytes.data(), static_cast<int>(value.bytes.size()));
    } else if constexpr (std::is_integral_v<Value> || std::is_enum_v<Value>) {
      statement_->bind(index, static_cast<int64_t>(value));
    } else if constexpr (std::is_same_v<Value, double>) {
      statement_->bind(index, value);
    } else {
      statement_->bind(index, std::string(value.data(), value.size()));
    }
  }

  Connection& connection_;
  const char* sql_;
  std::unique_ptr<SQLite::Statement> statement_;
};

// RESOURCE_EXHAUSTED: the disk is full. UNAVAILABLE: locked by someone else. DATA_LOSS: not a
// database, or a damaged one. INTERNAL: the rest.
absl::Status ToStatus(absl::string_view what, const SQLite::Exception& error);

template <typename T>
struct StatusOrOf {
  using type = absl::StatusOr<T>;
};
template <>
struct StatusOrOf<void> {
  using type = absl::Status;
};
template <>
struct StatusOrOf<absl::Status> {
  using type = absl::Status;
};
template <typename T>
struct StatusOrOf<absl::StatusOr<T>> {
  using type = absl::StatusOr<T>;
};

// Runs `work` and turns what SQLiteCpp throws into a status: no exception leaves db/.
template <typename Work>
auto Try(absl::string_view what, Work work) -> typename StatusOrOf<decltype(work())>::type {
  try {
    if constexpr (std::is_void_v<decltype(work())>) {
      work();
      return absl::OkStatus();
    } else {
      return work();
    }
  } catch (const SQLite::Exception& error) {
    return ToStatus(what, error);
  }
}

}  // namespace roxlab

#endif  // ROXLAB_DB_QUERY_H_
