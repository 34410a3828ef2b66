// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_SERVER_LAB_ROUND_H_
#define ROXLAB_SERVER_LAB_ROUND_H_

#include <map>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "db/bases.h"
#include "db/database.h"
#include "db/jobs.h"
#include "db/runners.h"
#include "roxlab/v1/runner_hub.pb.h"
#include "server/lab/board_directory.h"
#include "server/lab/effects.h"
#include "server/lab/lifecycle.h"
#include "server/lab/runner_table.h"
#include "server/scheduler/scheduler.h"

namespace roxlab {

class Lab;

// One round of the dispatcher, inside one transaction.
class DispatchRound {
 public:
  DispatchRound(Lab& lab, const Lifecycle::Options& options, Effects& effects)
      : lab_(lab), options_(options), effects_(effects) {}

  // `online`: names of the runners that were heard of lately.
  absl::Status Run(Connection& connection, const std::vector<RunnerTable::View>& runners,
                   const std::set<std::string>& online);

  // What to tell runners, by name; only those that there is something to tell.
  std::map<std::string, v1::SynchronizeResponse>& answers() { return answers_; }

 private:
  // What the runner says against what the lab knows of its jobs.
  absl::Status Reconcile(Connection& connection, const RunnerTable::View& runner);
  // Asks a runner in quarantine to check itself, and hears what it found; whether its state
  // changed.
  absl::StatusOr<bool> Attend(Connection& connection, const RunnerTable::View& runner);
  bool IsReady(const std::string& runner) const;
  absl::Status TakeBackExpired(Connection& connection);
  absl::Status Assign(Connection& connection, const std::vector<RunnerTable::View>& runners);
  absl::StatusOr<std::vector<IdleRunner>> Idle(Connection& connection,
                                               const std::vector<RunnerTable::View>& runners);
  absl::StatusOr<std::map<int64_t, JobRow>> Ready(Connection& connection,
                                                  const std::vector<IdleRunner>& idle);
  absl::Status Give(Connection& connection, JobRow& job, const RunnerTable::View& runner);
  v1::SynchronizeResponse& AnswerTo(const std::string& runner);

  Lab& lab_;
  const Lifecycle::Options options_;
  Effects& effects_;
  std::map<std::string, PinnedBase> pins_;
  std::map<std::string, RunnerStanding> standings_;
  BoardDirectory boards_;
  std::map<std::string, v1::SynchronizeResponse> answers_;
};

}  // namespace roxlab

#endif  // ROXLAB_SERVER_LAB_ROUND_H_
