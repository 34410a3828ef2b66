// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_DB_EXPERIMENTS_H_
#define ROXLAB_DB_EXPERIMENTS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "db/record.h"
#include "roxlab/v1/record.pb.h"

namespace roxlab {

class Connection;

struct StoredExperiment {
  int64_t seq = 0;
  v1::Experiment experiment;  // With tallies.
};

enum class ExperimentOrder { kNewest, kOldest, kName };

struct ExperimentFilter {
  // What the id begins with, or name, title or submitter contain; the case of ASCII letters does
  // not matter. Empty: all.
  std::string search;
  // Bit N: state or verdict number N. 0: all.
  uint32_t states = 0, verdicts = 0;
};

class ExperimentTable {
 public:
  explicit ExperimentTable(Connection& connection) : connection_(connection) {}

  // A new, queued experiment; its key. `request_id` may be empty.
  absl::StatusOr<int64_t> Insert(const v1::Experiment& experiment, absl::string_view request_id);

  absl::StatusOr<StoredExperiment> Get(int64_t seq);
  // The key of the one with this id. NOT_FOUND.
  absl::StatusOr<int64_t> KeyOf(absl::string_view id);
  // By id or the beginning of one. NOT_FOUND; INVALID_ARGUMENT when several begin so.
  absl::StatusOr<StoredExperiment> Get(absl::string_view prefix);
  // The whole id; errors as Get.
  absl::StatusOr<std::string> Resolve(absl::string_view prefix);
  absl::StatusOr<std::optional<StoredExperiment>> FindByRequest(absl::string_view request_id);
  // Keys of those that the filter leaves; of one name, the newest first.
  absl::StatusOr<std::vector<int64_t>> Page(const ExperimentFilter& filter, ExperimentOrder order,
                                            const PageRange& range);
  absl::StatusOr<uint32_t> Count(const ExperimentFilter& filter);

  // Queued experiments that wait for this build, or hold this run, are running from now on.
  absl::Status MarkStartedByBuild(int64_t build);
  absl::Status MarkStartedByRun(int64_t run);
  // Unfinished experiments with a run of this build.
  absl::StatusOr<std::vector<StoredExperiment>> OpenOfBuild(int64_t build);
  // Unfinished experiments all of whose runs are done: they wait for their verdict.
  absl::StatusOr<std::vector<int64_t>> Unjudged();
  // Whether every run is done and the experiment is not.
  absl::StatusOr<bool> IsUnjudged(int64_t seq);
  // What it waits for, for people; nothing happens when it has ended.
  absl::Status SetSummary(int64_t seq, absl::string_view summary);
  // Ends it and keeps its tallies. Harmless when it has ended already.
  absl::Status Finish(int64_t seq, v1::Verdict verdict, absl::string_view summary, int64_t now_ms);

 private:
  absl::Status ReadTallies(StoredExperiment& stored);

  Connection& connection_;
};

}  // namespace roxlab

#endif  // ROXLAB_DB_EXPERIMENTS_H_
