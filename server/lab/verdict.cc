// SPDX-License-Identifier: Apache-2.0
#include "server/lab/verdict.h"

#include <spdlog/spdlog.h>

#include <utility>

#include "absl/strings/str_cat.h"
#include "common/status_macros.h"
#include "db/experiments.h"
#include "server/compare/compare.h"
#include "server/lab/auto_seeds.h"
#include "server/lab/comparison.h"
#include "server/lab/lab.h"

namespace roxlab {

absl::Status JudgeExperiment(Lab& lab, int64_t experiment) {
  MeasuredExperiment measured;
  ROXLAB_RETURN_IF_ERROR(lab.db().Read([&](Connection& connection) -> absl::Status {
    ROXLAB_ASSIGN_OR_RETURN(measured.stored, ExperimentTable(connection).Get(experiment));
    ROXLAB_ASSIGN_OR_RETURN(measured.runs, ReadRuns(connection, experiment));
    return absl::OkStatus();
  }));
  const v1::Experiment& spoken = measured.stored.experiment;
  if (spoken.state() == v1::DONE) return absl::OkStatus();
  const v1::Comparison comparison = CompareVariants(measured);
  const SeedDecision seeds = DecideSeeds(spoken.spec(), comparison, measured.runs);
  if (seeds.more != 0) return AddSeeds(lab, measured.stored, seeds);
  ExperimentVerdict verdict = Judge(spoken.spec(), comparison, measured.runs);
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
