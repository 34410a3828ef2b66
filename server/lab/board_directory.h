// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_SERVER_LAB_BOARD_DIRECTORY_H_
#define ROXLAB_SERVER_LAB_BOARD_DIRECTORY_H_

#include <cstdint>
#include <map>
#include <set>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "db/database.h"
#include "roxlab/v1/record.pb.h"
#include "roxlab/v1/runner_hub.pb.h"

namespace roxlab {

// Who has which board, within one round of the dispatcher. A board is its runner's until that one
// has not been heard of for as long as a lease lasts; another one that announces it is not heard.
class BoardDirectory {
 public:
  // `online`: names of runners.
  absl::Status Load(Connection& connection, const std::set<std::string>& online);
  // Takes in what a runner says and stores what is new. Whether there was anything.
  absl::StatusOr<bool> Note(Connection& connection, const v1::SynchronizeRequest& said,
                            int64_t now_ms);
  // Names of the runner's boards that could take a job.
  std::set<std::string> Free(const v1::SynchronizeRequest& said) const;

 private:
  // Whether the board is, or may become, this runner's.
  bool Has(const std::string& runner, const std::string& board) const;

  std::map<std::string, v1::BoardRecord> boards_;  // By name.
  std::set<std::string> online_;                   // Runners.
};

}  // namespace roxlab

#endif  // ROXLAB_SERVER_LAB_BOARD_DIRECTORY_H_
