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

// How many runs of one machine and workload are not done.
struct UnfinishedRuns {
  std::string machine, workload;
  std::string needs;  // Of the machine, as in JobRow.
  uint32_t count = 0;
};

struct StoredRun {
  int64_t seq = 0;
  v1::Run run;
};

// Any of `standings`; what is 0 or empty does not limit.
struct RunFilter {
  std::vector<Standing> standings;
  int64_t experiment = 0, build = 0;  // Keys.
  std::string runner, machine;        // Names.
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
  // Without argv, artifacts and snapshots, here and below. NOT_FOUND.
  absl::StatusOr<StoredRun> Get(int64_t seq);
  // Keys of those that the filter leaves, newest first.
  absl::StatusOr<std::vector<int64_t>> Page(const RunFilter& filter, const PageRange& range);
  absl::StatusOr<uint32_t> Count(const RunFilter& filter);
  // In the order of their numbers.
  absl::StatusOr<std::vector<StoredRun>> OfExperiment(int64_t experiment);
  // Ids of those that are not done.
  absl::StatusOr<std::vector<std::string>> UnfinishedOf(int64_t experiment);
  absl::StatusOr<v1::Tally> TallyOf(int64_t experiment);
  // What a runner needs to do it, but for the build's outputs.
  absl::StatusOr<v1::RunJob> Work(int64_t seq);

  // How long the newest that passed took on this machine under this workload or, when both are
  // empty, anywhere. A sample.
  absl::StatusOr<std::vector<double>> RecentSeconds(absl::string_view machine,
                                                    absl::string_view workload);
  absl::StatusOr<std::vector<UnfinishedRuns>> UnfinishedByPlace();

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
