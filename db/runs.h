// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_DB_RUNS_H_
#define ROXLAB_DB_RUNS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "db/record.h"
#include "roxlab/v1/record.pb.h"
#include "roxlab/v1/runner_hub.pb.h"

namespace roxlab {

class Connection;

struct NewRun {
  int64_t experiment = 0;
  int64_t number = 0;  // From 1, within the experiment.
  int64_t variant = 0, build = 0;
  int64_t machine = 0, workload = 0;  // Keys of definitions.
  uint64_t seed = 0;
};

struct StoredRun {
  int64_t seq = 0;
  v1::Run run;
};

class RunTable {
 public:
  explicit RunTable(Connection& connection) : connection_(connection) {}

  absl::Status Insert(const NewRun& run, int64_t now_ms);
  // Repeats, with another seed, all runs that the experiment has of its first seed; numbered on.
  absl::Status InsertSeed(int64_t experiment, uint64_t seed, int64_t now_ms);
  // The builds that the experiment's runs boot.
  absl::StatusOr<std::vector<int64_t>> BuildsOf(int64_t experiment);

  // With argv and artifacts, without snapshots. `id` is whole. NOT_FOUND.
  absl::StatusOr<StoredRun> Get(absl::string_view id);
  // In the order of their numbers; without argv, artifacts and snapshots.
  absl::StatusOr<std::vector<StoredRun>> OfExperiment(int64_t experiment);
  absl::StatusOr<v1::Tally> TallyOf(int64_t experiment);
  // What a runner needs to do it, but for the build's outputs.
  absl::StatusOr<v1::RunJob> Work(int64_t seq);

  absl::Status MarkStarted(int64_t seq, absl::string_view runner, int64_t attempts, int64_t now_ms);
  absl::Status MarkQueued(int64_t seq);
  absl::Status Finish(int64_t seq, const Ending& ending, const v1::FinishJobRequest& result,
                      int64_t now_ms);
  // Ends the unfinished runs of a build, or of an experiment, all in the same way.
  absl::Status FinishOfBuild(int64_t build, const Ending& ending, int64_t now_ms);
  absl::StatusOr<int> FinishOfExperiment(int64_t experiment, const Ending& ending, int64_t now_ms);

 private:
  Connection& connection_;
};

// A number from 1, written in the one way that numbers are written: ids are also file names.
bool ParseNumber(absl::string_view text, int64_t* number);

// "EXPERIMENT-NUMBER" taken apart; false when `id` is not of that form.
bool SplitRunId(absl::string_view id, std::string* experiment, int64_t* number);

}  // namespace roxlab

#endif  // ROXLAB_DB_RUNS_H_
