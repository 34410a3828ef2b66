// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_SERVER_LAB_LIFECYCLE_H_
#define ROXLAB_SERVER_LAB_LIFECYCLE_H_

#include <cstdint>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "db/database.h"
#include "db/jobs.h"
#include "db/record.h"
#include "roxlab/v1/runner_hub.pb.h"
#include "server/lab/effects.h"

namespace roxlab {

// The rules by which jobs, builds, runs and experiments go from state to state. Works inside one
// Database::Write, which must be undone when a call here fails; what has to be told to others
// afterwards is collected in `effects`.
class Lifecycle {
 public:
  struct Options {
    int64_t now_ms = 0;
    int64_t lease_ms = 30'000;
    int64_t max_attempts = 3;
  };

  Lifecycle(Connection& connection, const Options& options, Effects& effects)
      : connection_(connection), options_(options), effects_(effects) {}

  // The job is the runner's from now on; `job` is brought up to date.
  absl::Status Start(JobRow& job, absl::string_view runner, absl::string_view session);
  // Back to the queue without harm: the runner never began, or gave it back.
  absl::Status GiveBack(const JobRow& job);
  // The runner is gone, for `reason`: back to the queue, or ERROR after too many attempts.
  absl::Status Lose(const JobRow& job, absl::string_view reason);
  // The holder's result. ERROR is tried again after a while, until max_attempts.
  absl::Status Finish(const JobRow& job, const v1::FinishJobRequest& result);
  // Lets the runs of a finished build go on: to the queue when it passed, to their end otherwise.
  absl::Status ReleaseRunsOf(int64_t build);
  // Ends what is not done; builds only when nobody else waits for them. How much it was.
  absl::StatusOr<int> Cancel(int64_t experiment);

  // Whom a change of the job's build or run concerns.
  static void NoteChange(const JobRow& job, Effects& effects);

 private:
  absl::Status EndBuild(const JobRow& job, const Ending& ending,
                        const v1::FinishJobRequest& result);
  absl::Status EndRun(const JobRow& job, const Ending& ending, const v1::FinishJobRequest& result);
  // Its runner has got it, or has it no more.
  void NoteHandOver(const JobRow& job);
  absl::Status Requeue(const JobRow& job, int64_t attempts, int64_t not_before_ms);
  absl::Status CancelJob(const JobRow& job);
  absl::StatusOr<Ending> CheckBase(const JobRow& job, const Ending& ending,
                                   const v1::FinishJobRequest& result);

  Connection& connection_;
  const Options options_;
  Effects& effects_;
};

}  // namespace roxlab

#endif  // ROXLAB_SERVER_LAB_LIFECYCLE_H_
