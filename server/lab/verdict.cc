// SPDX-License-Identifier: Apache-2.0
#include "server/lab/verdict.h"

#include <spdlog/spdlog.h>

#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/status_macros.h"
#include "db/experiments.h"
#include "db/runs.h"
#include "db/snapshots.h"
#include "server/compare/compare.h"
#include "server/lab/auto_seeds.h"
#include "server/lab/lab.h"

namespace roxlab {
namespace {

absl::StatusOr<std::vector<RunMetrics>> ReadRuns(Connection& connection, int64_t experiment) {
  ROXLAB_ASSIGN_OR_RETURN(std::vector<StoredRun> stored,
                          RunTable(connection).OfExperiment(experiment));
  std::vector<RunMetrics> runs;
  for (const auto& [seq, run] : stored) {
    RunMetrics& metrics = runs.emplace_back(
        RunMetrics{run.variant(), run.machine(), run.workload(), run.seed(), run.verdict(), {}});
    if (run.verdict() != v1::PASS) continue;
    ROXLAB_ASSIGN_OR_RETURN(SnapshotList snapshots, SnapshotTable(connection).Of(seq));
    for (const v1::Snapshot& snapshot : snapshots) {
      metrics.phases.push_back(
          {snapshot.phase(), {snapshot.metrics().begin(), snapshot.metrics().end()}});
    }
  }
  return runs;
}

v1::Comparison CompareRuns(const v1::Experiment& experiment, const std::vector<RunMetrics>& runs) {
  return Compare(experiment.spec(), experiment.id(), experiment.spec().baseline(), runs);
}

}  // namespace

absl::StatusOr<v1::Comparison> CompareExperiment(Lab& lab, absl::string_view id) {
  StoredExperiment stored;
  std::vector<RunMetrics> runs;
  ROXLAB_RETURN_IF_ERROR(lab.db().Read([&](Connection& connection) -> absl::Status {
    ROXLAB_ASSIGN_OR_RETURN(stored, ExperimentTable(connection).Get(id));
    ROXLAB_ASSIGN_OR_RETURN(runs, ReadRuns(connection, stored.seq));
    return absl::OkStatus();
  }));
  return CompareRuns(stored.experiment, runs);
}

absl::Status JudgeExperiment(Lab& lab, int64_t experiment) {
  StoredExperiment stored;
  std::vector<RunMetrics> runs;
  ROXLAB_RETURN_IF_ERROR(lab.db().Read([&](Connection& connection) -> absl::Status {
    ROXLAB_ASSIGN_OR_RETURN(stored, ExperimentTable(connection).Get(experiment));
    ROXLAB_ASSIGN_OR_RETURN(runs, ReadRuns(connection, experiment));
    return absl::OkStatus();
  }));
  const v1::Experiment& spoken = stored.experiment;
  if (spoken.state() == v1::DONE) return absl::OkStatus();
  const v1::Comparison comparison = CompareRuns(spoken, runs);
  const SeedDecision seeds = DecideSeeds(spoken.spec(), comparison, runs);
  if (seeds.more != 0) return AddSeeds(lab, stored, seeds);
  ExperimentVerdict verdict = Judge(spoken.spec(), comparison, runs);
  if (!seeds.words.empty()) absl::StrAppend(&verdict.summary, "; ", seeds.words);
  // A metric-hungry comparison may take seconds, so it is made outside the transaction; runs that
  // have ended do not change.
  ROXLAB_RETURN_IF_ERROR(lab.db().Write([&](Connection& connection) {
    return ExperimentTable(connection)
        .Finish(experiment, verdict.verdict, verdict.summary, lab.clock().NowMs());
  }));
  spdlog::info("experiment {} {}: {} {}", spoken.id(), spoken.name(),
               v1::Verdict_Name(verdict.verdict), verdict.summary);
  Effects effects;
  effects.changed.insert(spoken.id());
  lab.Publish(effects);
  return absl::OkStatus();
}

}  // namespace roxlab
