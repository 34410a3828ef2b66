// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_SERVER_LAB_RUNNER_HEALTH_H_
#define ROXLAB_SERVER_LAB_RUNNER_HEALTH_H_

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "db/database.h"
#include "roxlab/v1/lab.pb.h"
#include "roxlab/v1/runner_hub.pb.h"

namespace roxlab {

class Lab;

// Jobs in a row that end in ERROR before a runner gets no more.
inline constexpr int64_t kErrorsToQuarantine = 3;
// How long a quarantined runner is left alone before it is asked to check itself, at first and
// again.
inline constexpr int64_t kCheckIntervalMs = 60'000;

// Whether runners are given work. One that ends three jobs of ours in ERROR one after the other is
// in quarantine: it gets nothing until it has checked itself and found nothing wrong. A person can
// pause a runner and let it go on. Works inside one Database::Write; each call says whether a state
// changed.
class RunnerHealth {
 public:
  RunnerHealth(Connection& connection, int64_t now_ms) : connection_(connection), now_ms_(now_ms) {}

  absl::StatusOr<bool> NoteEnd(const std::string& runner, v1::Verdict verdict,
                               absl::string_view summary);
  absl::StatusOr<bool> NoteCheck(const std::string& runner, const v1::SelfCheck& check);
  // The number of the check that the quarantined runner is asked for now; 0: none.
  absl::StatusOr<int64_t> TakeDueCheck(const std::string& runner);
  absl::Status SetPaused(const std::string& runner, bool paused, absl::string_view reason);

 private:
  absl::Status Change(const std::string& runner, v1::RunnerState state, absl::string_view reason);

  Connection& connection_;
  const int64_t now_ms_;
};

// See Lab.SetRunner.
absl::StatusOr<v1::Runner> SetRunner(Lab& lab, const v1::SetRunnerRequest& request);

}  // namespace roxlab

#endif  // ROXLAB_SERVER_LAB_RUNNER_HEALTH_H_
