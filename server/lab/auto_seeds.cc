// SPDX-License-Identifier: Apache-2.0
#include "server/lab/auto_seeds.h"

#include <spdlog/spdlog.h>

#include <vector>

#include "common/status_macros.h"
#include "db/runs.h"
#include "server/lab/lab.h"

namespace roxlab {
namespace {

// Whether the experiment still is what the decision was made of.
absl::StatusOr<bool> StillSo(Connection& connection, const StoredExperiment& experiment) {
  ROXLAB_ASSIGN_OR_RETURN(const bool unjudged,
                          ExperimentTable(connection).IsUnjudged(experiment.seq));
  if (!unjudged) return false;
  ROXLAB_ASSIGN_OR_RETURN(const v1::Tally runs, RunTable(connection).TallyOf(experiment.seq));
  return runs.total() == experiment.experiment.runs().total();
}

}  // namespace

absl::Status AddSeeds(Lab& lab, const StoredExperiment& experiment, const SeedDecision& decision) {
  Effects effects;
  ROXLAB_RETURN_IF_ERROR(lab.db().Write([&](Connection& connection) -> absl::Status {
    ROXLAB_ASSIGN_OR_RETURN(const bool still_so, StillSo(connection, experiment));
    if (!still_so) return absl::OkStatus();
    const Lifecycle::Options now = lab.Now();
    RunTable runs(connection);
    for (uint64_t seed = decision.seeds + 1; seed <= decision.seeds + decision.more; ++seed)
      ROXLAB_RETURN_IF_ERROR(runs.InsertSeed(experiment.seq, seed, now.now_ms));
    ROXLAB_RETURN_IF_ERROR(ExperimentTable(connection).SetSummary(experiment.seq, decision.words));
    ROXLAB_ASSIGN_OR_RETURN(const std::vector<int64_t> builds, runs.BuildsOf(experiment.seq));
    Lifecycle lifecycle(connection, now, effects);
    for (int64_t build : builds) ROXLAB_RETURN_IF_ERROR(lifecycle.ReleaseRunsOf(build));
    effects.changed.insert(experiment.experiment.id());
    spdlog::info("experiment {} {}", experiment.experiment.id(), decision.words);
    return absl::OkStatus();
  }));
  lab.Publish(effects);
  return absl::OkStatus();
}

}  // namespace roxlab
