// SPDX-License-Identifier: Apache-2.0
#include "server/submit/plan_writer.h"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "common/hash.h"
#include "common/status_macros.h"
#include "db/definitions.h"
#include "db/jobs.h"
#include "db/runs.h"
#include "db/variants.h"

namespace roxlab {
namespace {

// Random, so that ids of different labs do not meet; short, since people type them.
constexpr int kIdDigits = 12;

}  // namespace

bool IsReusable(const ArtifactStore& store, const v1::Build& build) {
  // How long a build takes is not its content's doing alone.
  if (build.verdict() == v1::FAIL) return build.failure().kind() != "timeout";
  if (build.verdict() != v1::PASS) return false;
  for (const v1::Artifact& artifact : build.artifacts()) {
    if (!store.Has(artifact.sha256())) return false;
  }
  return true;
}

absl::StatusOr<StoredExperiment> PlanWriter::Write(const Plan& plan, const InputsByBuild& inputs,
                                                   const std::string& request_id,
                                                   const std::string& submitter) {
  v1::Experiment experiment;
  experiment.set_id(RandomHex(kIdDigits));
  experiment.set_name(plan.spec.name());
  experiment.set_title(plan.spec.title());
  experiment.set_submitter(submitter);
  *experiment.mutable_spec() = plan.spec;
  experiment.set_created_ms(now_.now_ms);
  ExperimentTable experiments(connection_);
  ROXLAB_ASSIGN_OR_RETURN(const int64_t seq, experiments.Insert(experiment, request_id));
  ROXLAB_RETURN_IF_ERROR(WriteRuns(plan, inputs, experiment, seq));
  for (const auto& [id, build] : builds_) ROXLAB_RETURN_IF_ERROR(lifecycle_.ReleaseRunsOf(build));
  effects_.queue = true;
  effects_.changed.insert(experiment.id());
  return experiments.Get(seq);
}

absl::StatusOr<int64_t> PlanWriter::WriteBuild(const v1::Experiment& experiment,
                                               const std::string& id, const BuildInputs& inputs) {
  const int64_t priority = experiment.spec().priority();
  BuildTable builds(connection_);
  JobTable jobs(connection_);
  ROXLAB_ASSIGN_OR_RETURN(std::optional<StoredBuild> known, builds.Find(id));
  if (!known.has_value()) {
    ROXLAB_ASSIGN_OR_RETURN(const int64_t seq, builds.Insert(id, inputs, now_.now_ms));
    ROXLAB_RETURN_IF_ERROR(jobs.QueueBuild(seq, experiment.submitter(), priority, now_.now_ms));
    return seq;
  }
  if (known->build.state() != v1::DONE) {
    ROXLAB_RETURN_IF_ERROR(jobs.RaiseBuild(known->seq, priority));
    return known->seq;
  }
  if (IsReusable(lab_.store(), known->build)) {
    ++reused_;
    return known->seq;
  }
  ROXLAB_RETURN_IF_ERROR(builds.Reset(known->seq, now_.now_ms));
  ROXLAB_RETURN_IF_ERROR(
      jobs.QueueBuild(known->seq, experiment.submitter(), priority, now_.now_ms));
  effects_.changed.insert(id);
  return known->seq;
}

absl::Status PlanWriter::WriteRuns(const Plan& plan, const InputsByBuild& inputs,
                                   const v1::Experiment& experiment, int64_t seq) {
  std::vector<NewRun> variants;
  for (const PlannedVariant& variant : plan.variants) {
    for (const std::string& id : variant.builds) {
      if (builds_.contains(id)) continue;
      ROXLAB_ASSIGN_OR_RETURN(builds_[id], WriteBuild(experiment, id, inputs.at(id)));
    }
    NewRun& run = variants.emplace_back();
    run.experiment = seq;
    ROXLAB_ASSIGN_OR_RETURN(
        run.variant,
        VariantTable(connection_)
            .Insert(seq, variant.name, builds_[variant.builds.front()], variant.cmdline));
  }
  DefinitionTable definitions(connection_);
  int64_t number = 0;
  for (size_t m = 0; m < plan.machines.size(); ++m) {
    ROXLAB_ASSIGN_OR_RETURN(const int64_t machine_key, definitions.Intern(plan.machines[m]));
    for (size_t v = 0; v < variants.size(); ++v)
      variants[v].build = builds_[plan.variants[v].builds[m]];
    for (const v1::Workload& workload : plan.workloads) {
      ROXLAB_ASSIGN_OR_RETURN(const int64_t workload_key, definitions.Intern(workload));
      // Seed by seed, so that pairs of variants are complete early; forth and back (A B B A), so
      // that what drifts on a board, as its temperature does, meets all variants alike.
      std::vector<NewRun> order = variants;
      for (uint64_t seed : plan.seeds) {
        for (NewRun run : order) {
          run.number = ++number;
          run.machine = machine_key;
          run.workload = workload_key;
          run.seed = seed;
          ROXLAB_RETURN_IF_ERROR(RunTable(connection_).Insert(run, now_.now_ms));
        }
        std::reverse(order.begin(), order.end());
      }
    }
  }
  return absl::OkStatus();
}

}  // namespace roxlab
