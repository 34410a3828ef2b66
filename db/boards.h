// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_DB_BOARDS_H_
#define ROXLAB_DB_BOARDS_H_

#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "roxlab/v1/record.pb.h"

namespace roxlab {

class Connection;

// Boards as they were announced last: machine, runner, state, reason, since_ms. What changes from
// moment to moment (online, run) is not here.
class BoardTable {
 public:
  explicit BoardTable(Connection& connection) : connection_(connection) {}

  // By name.
  absl::StatusOr<std::vector<v1::BoardRecord>> All();
  // Adds it or replaces the one of this name.
  absl::Status Put(const v1::BoardRecord& board);

 private:
  Connection& connection_;
};

}  // namespace roxlab

#endif  // ROXLAB_DB_BOARDS_H_
