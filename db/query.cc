// SPDX-License-Identifier: Apache-2.0
#include "db/query.h"

#include <sqlite3.h>

#include "absl/strings/str_cat.h"

namespace roxlab {

absl::Status ToStatus(absl::string_view what, const SQLite::Exception& error) {
  const std::string message = absl::StrCat("database: ", what, ": ", error.what());
  switch (error.getErrorCode()) {
    case SQLITE_FULL:
      return absl::ResourceExhaustedError(absl::StrCat(message, " (no space left on the disk?)"));
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return absl::UnavailableError(message);
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return absl::DataLossError(message);
    case SQLITE_CANTOPEN:
    case SQLITE_READONLY:
    case SQLITE_PERM:
      return absl::FailedPreconditionError(message);
    default:
      return absl::InternalError(message);
  }
}

}  // namespace roxlab
