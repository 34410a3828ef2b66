// SPDX-License-Identifier: Apache-2.0
#include "server/lab/comparison.h"

#include <utility>

#include "absl/strings/string_view.h"
#include "common/status_macros.h"
#include "db/runs.h"
#include "db/snapshots.h"
#include "server/lab/lab.h"
#include "server/lab/sides.h"

namespace roxlab {

absl::StatusOr<std::vector<RunMetrics>> ReadRuns(Connection& connection, int64_t experiment) {
  ROXLAB_ASSIGN_OR_RETURN(std::vector<StoredRun> stored,
                          RunTable(connection).OfExperiment(experiment));
  std::vector<RunMetrics> runs;
  for (const auto& [seq, run] : stored) {
    RunMetrics& metrics = runs.emplace_back(RunMetrics{
        run.variant(), run.machine(), run.workload(), run.seed(), run.verdict(), {}, run.id()});
    if (run.verdict() != v1::PASS) continue;
    ROXLAB_ASSIGN_OR_RETURN(SnapshotList snapshots, SnapshotTable(connection).Of(seq));
    for (const v1::Snapshot& snapshot : snapshots) {
      metrics.phases.push_back(
          {snapshot.phase(), {snapshot.metrics().begin(), snapshot.metrics().end()}});
    }
  }
  return runs;
}

v1::Comparison CompareVariants(const MeasuredExperiment& experiment,
                               const CompareOptions& options) {
  const v1::Experiment& about = experiment.stored.experiment;
  return Compare(about.spec(), about.id(), about.spec().baseline(), experiment.runs, options);
}

absl::StatusOr<v1::Comparison> CompareAsAsked(Lab& lab, const v1::CompareRequest& request) {
  if (request.has_baseline() || request.has_candidate()) return CompareSides(lab, request);
  MeasuredExperiment experiment;
  ROXLAB_RETURN_IF_ERROR(lab.db().Read([&](Connection& connection) -> absl::Status {
    ROXLAB_ASSIGN_OR_RETURN(experiment.stored, ExperimentTable(connection).Get(request.id()));
    ROXLAB_ASSIGN_OR_RETURN(experiment.runs, ReadRuns(connection, experiment.stored.seq));
    return absl::OkStatus();
  }));
  return CompareVariants(experiment, {.pairs = request.pairs()});
}

}  // namespace roxlab
