// SPDX-License-Identifier: Apache-2.0
#include "server/submit/submit.h"

#include <spdlog/spdlog.h>

#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/hash.h"
#include "common/status_macros.h"
#include "db/builds.h"
#include "db/definitions.h"
#include "db/experiments.h"
#include "db/jobs.h"
#include "db/runs.h"
#include "db/variants.h"
#include "server/lab/lab.h"
#include "server/submit/limits.h"
#include "server/submit/plan.h"

namespace roxlab {
namespace {

// Random, so that ids of different labs do not meet; short, since people type them.
constexpr int kIdDigits = 12;

// A build's inputs, with the content in the store.
using InputsByBuild = std::map<std::string, BuildInputs>;

absl::StatusOr<InputsByBuild> StoreInputs(const ArtifactStore& store, const Plan& plan) {
  InputsByBuild all;
  for (const PlannedVariant& variant : plan.variants) {
    auto [entry, is_new] = all.try_emplace(variant.build_id);
    if (!is_new) continue;
    BuildInputs& inputs = entry->second;
    inputs.base = variant.build.base();
    inputs.toolchain = variant.build.toolchain();
    for (const v1::Patch& patch : variant.build.patches()) {
      ROXLAB_ASSIGN_OR_RETURN(v1::Artifact artifact, store.Put(patch.name(), patch.content()));
      inputs.patches.push_back(std::move(artifact));
    }
    for (const v1::ConfigFragment& config : variant.build.configs()) {
      ROXLAB_ASSIGN_OR_RETURN(v1::Artifact artifact, store.Put(config.name(), config.content()));
      inputs.configs.push_back(std::move(artifact));
    }
  }
  return all;
}

// Writes a plan into the database, inside one transaction.
class PlanWriter {
 public:
  PlanWriter(Lab& lab, Connection& connection, Effects& effects)
      : lab_(lab),
        connection_(connection),
        now_(lab.Now()),
        lifecycle_(connection, now_, effects),
        effects_(effects) {}

  absl::StatusOr<StoredExperiment> Write(const Plan& plan, const InputsByBuild& inputs,
                                         const std::string& request_id) {
    v1::Experiment experiment;
    experiment.set_id(RandomHex(kIdDigits));
    experiment.set_name(plan.spec.name());
    experiment.set_title(plan.spec.title());
    *experiment.mutable_spec() = plan.spec;
    experiment.set_created_ms(now_.now_ms);
    ExperimentTable experiments(connection_);
    ROXLAB_ASSIGN_OR_RETURN(const int64_t seq, experiments.Insert(experiment, request_id));
    ROXLAB_RETURN_IF_ERROR(WriteRuns(plan, inputs, seq));
    for (int64_t build : builds_) ROXLAB_RETURN_IF_ERROR(lifecycle_.ReleaseRunsOf(build));
    effects_.queue = true;
    return experiments.Get(seq);
  }

  uint32_t reused() const { return reused_; }

 private:
  // The build's key. What passed or failed before is not built again; what ended in an ERROR, was
  // cancelled or lost its files is.
  absl::StatusOr<int64_t> WriteBuild(const std::string& id, const BuildInputs& inputs) {
    BuildTable builds(connection_);
    JobTable jobs(connection_);
    ROXLAB_ASSIGN_OR_RETURN(std::optional<StoredBuild> known, builds.Find(id));
    if (!known.has_value()) {
      ROXLAB_ASSIGN_OR_RETURN(const int64_t seq, builds.Insert(id, inputs, now_.now_ms));
      ROXLAB_RETURN_IF_ERROR(jobs.QueueBuild(seq));
      return seq;
    }
    if (known->build.state() != v1::DONE) return known->seq;
    if (Reusable(known->build)) {
      reused_ += builds_.contains(known->seq) ? 0 : 1;
      return known->seq;
    }
    ROXLAB_RETURN_IF_ERROR(builds.Reset(known->seq, now_.now_ms));
    ROXLAB_RETURN_IF_ERROR(jobs.QueueBuild(known->seq));
    effects_.changed.insert(id);
    return known->seq;
  }

  bool Reusable(const v1::Build& build) const {
    if (build.verdict() == v1::FAIL) return true;
    if (build.verdict() != v1::PASS) return false;
    for (const v1::Artifact& artifact : build.artifacts()) {
      if (!lab_.store().Has(artifact.sha256())) return false;
    }
    return true;
  }

  absl::Status WriteRuns(const Plan& plan, const InputsByBuild& inputs, int64_t experiment) {
    std::vector<NewRun> variants;
    for (const PlannedVariant& variant : plan.variants) {
      NewRun& run = variants.emplace_back();
      run.experiment = experiment;
      ROXLAB_ASSIGN_OR_RETURN(run.build, WriteBuild(variant.build_id, inputs.at(variant.build_id)));
      ROXLAB_ASSIGN_OR_RETURN(
          run.variant,
          VariantTable(connection_).Insert(experiment, variant.name, run.build, variant.cmdline));
      builds_.insert(run.build);
    }
    DefinitionTable definitions(connection_);
    int64_t number = 0;
    for (const v1::Machine& machine : plan.machines) {
      ROXLAB_ASSIGN_OR_RETURN(const int64_t machine_key, definitions.Intern(machine));
      for (const v1::Workload& workload : plan.workloads) {
        ROXLAB_ASSIGN_OR_RETURN(const int64_t workload_key, definitions.Intern(workload));
        // Seed by seed, so that pairs of variants are complete early.
        for (uint64_t seed : plan.seeds) {
          for (NewRun run : variants) {
            run.number = ++number;
            run.machine = machine_key;
            run.workload = workload_key;
            run.seed = seed;
            ROXLAB_RETURN_IF_ERROR(RunTable(connection_).Insert(run, now_.now_ms));
          }
        }
      }
    }
    return absl::OkStatus();
  }

  Lab& lab_;
  Connection& connection_;
  const Lifecycle::Options now_;
  Lifecycle lifecycle_;
  Effects& effects_;
  std::set<int64_t> builds_;
  uint32_t reused_ = 0;
};

}  // namespace

absl::StatusOr<v1::SubmitExperimentResponse> SubmitExperiment(
    Lab& lab, const v1::SubmitExperimentRequest& request) {
  if (request.request_id().size() > kMaxRequestId) {
    return absl::InvalidArgumentError(
        absl::StrCat("request_id: more than ", kMaxRequestId, " characters"));
  }
  ROXLAB_ASSIGN_OR_RETURN(const v1::Catalog catalog, lab.catalog());
  ROXLAB_ASSIGN_OR_RETURN(const Plan plan, MakePlan(request.spec(), catalog));
  // Before the transaction: files that a failed one leaves behind harm nobody.
  ROXLAB_ASSIGN_OR_RETURN(const InputsByBuild inputs, StoreInputs(lab.store(), plan));
  v1::SubmitExperimentResponse response;
  Effects effects;
  ROXLAB_RETURN_IF_ERROR(lab.db().Write([&](Connection& connection) -> absl::Status {
    ROXLAB_ASSIGN_OR_RETURN(std::optional<StoredExperiment> known,
                            ExperimentTable(connection).FindByRequest(request.request_id()));
    if (known.has_value()) {
      *response.mutable_experiment() = known->experiment;
      return absl::OkStatus();
    }
    PlanWriter writer(lab, connection, effects);
    ROXLAB_ASSIGN_OR_RETURN(StoredExperiment stored,
                            writer.Write(plan, inputs, request.request_id()));
    *response.mutable_experiment() = std::move(stored.experiment);
    response.set_builds_reused(writer.reused());
    return absl::OkStatus();
  }));
  lab.Publish(effects);
  spdlog::info("experiment {} {}: {} runs", response.experiment().id(),
               response.experiment().name(), response.experiment().runs().total());
  return response;
}

}  // namespace roxlab
