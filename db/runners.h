// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_DB_RUNNERS_H_
#define ROXLAB_DB_RUNNERS_H_

#include <cstdint>
#include <map>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "roxlab/v1/record.pb.h"

namespace roxlab {

class Connection;

// What the lab thinks of a runner.
struct RunnerStanding {
  v1::RunnerState state = v1::RUNNER_READY;
  std::string reason;
  int64_t since_ms = 0;
  int64_t errors = 0;    // Jobs in a row that ended in ERROR there.
  int64_t check = 0;     // Number of the newest check that it was asked for.
  int64_t check_ms = 0;  // Quarantined: when it is asked next.
};

class RunnerStandings {
 public:
  explicit RunnerStandings(Connection& connection) : connection_(connection) {}

  // By name; who is not in there is in order.
  absl::StatusOr<std::map<std::string, RunnerStanding>> All();
  absl::StatusOr<RunnerStanding> Of(absl::string_view name);
  absl::Status Put(absl::string_view name, const RunnerStanding& standing);

 private:
  Connection& connection_;
};

}  // namespace roxlab

#endif  // ROXLAB_DB_RUNNERS_H_
