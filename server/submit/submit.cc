// SPDX-License-Identifier: Apache-2.0
#include "server/submit/submit.h"

#include <spdlog/spdlog.h>

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/status_macros.h"
#include "db/experiments.h"
#include "server/lab/lab.h"
#include "server/lab/queries.h"
#include "server/submit/limits.h"
#include "server/submit/plan.h"
#include "server/submit/plan_writer.h"
#include "server/submit/preview.h"

namespace roxlab {
namespace {

absl::StatusOr<InputsByBuild> StoreInputs(const ArtifactStore& store, const Plan& plan) {
  InputsByBuild all;
  for (const auto& [id, build] : plan.builds) {
    BuildInputs& inputs = all[id];
    inputs.base = build.base();
    inputs.toolchain = build.toolchain();
    for (const v1::Patch& patch : build.patches()) {
      ROXLAB_ASSIGN_OR_RETURN(v1::Artifact artifact, store.Put(patch.name(), patch.content()));
      inputs.patches.push_back(std::move(artifact));
    }
    for (const v1::ConfigFragment& config : build.configs()) {
      ROXLAB_ASSIGN_OR_RETURN(v1::Artifact artifact, store.Put(config.name(), config.content()));
      inputs.configs.push_back(std::move(artifact));
    }
  }
  return all;
}

// Whether the request was made before; then `response` is the answer.
absl::StatusOr<bool> FindEarlier(Connection& connection, const v1::SubmitExperimentRequest& request,
                                 v1::SubmitExperimentResponse* response) {
  ROXLAB_ASSIGN_OR_RETURN(std::optional<StoredExperiment> known,
                          ExperimentTable(connection).FindByRequest(request.request_id()));
  if (!known.has_value()) return false;
  *response->mutable_experiment() = std::move(known->experiment);
  return true;
}

absl::StatusOr<Plan> PlanFor(Lab& lab, const v1::SubmitExperimentRequest& request) {
  ROXLAB_ASSIGN_OR_RETURN(const v1::Catalog catalog, WholeCatalog(lab));
  return MakePlan(request.spec(), catalog);
}

}  // namespace

absl::StatusOr<v1::SubmitExperimentResponse> SubmitExperiment(
    Lab& lab, const v1::SubmitExperimentRequest& request, const v1::Caller& caller) {
  if (request.request_id().size() > kMaxRequestId) {
    return absl::InvalidArgumentError(
        absl::StrCat("request_id: more than ", kMaxRequestId, " characters"));
  }
  if (request.validate_only()) {
    ROXLAB_ASSIGN_OR_RETURN(const Plan plan, PlanFor(lab, request));
    return Preview(lab, plan);
  }
  v1::SubmitExperimentResponse response;
  bool known = false;
  ROXLAB_RETURN_IF_ERROR(lab.db().Read([&](Connection& connection) -> absl::Status {
    ROXLAB_ASSIGN_OR_RETURN(known, FindEarlier(connection, request, &response));
    return absl::OkStatus();
  }));
  if (known) return response;
  ROXLAB_ASSIGN_OR_RETURN(const Plan plan, PlanFor(lab, request));
  // Before the transaction: files that a failed one leaves behind harm nobody.
  ROXLAB_ASSIGN_OR_RETURN(const InputsByBuild inputs, StoreInputs(lab.store(), plan));
  Effects effects;
  ROXLAB_RETURN_IF_ERROR(lab.db().Write([&](Connection& connection) -> absl::Status {
    // Once more, now that nobody else can come in between.
    ROXLAB_ASSIGN_OR_RETURN(known, FindEarlier(connection, request, &response));
    if (known) return absl::OkStatus();
    PlanWriter writer(lab, connection, effects);
    ROXLAB_ASSIGN_OR_RETURN(StoredExperiment stored,
                            writer.Write(plan, inputs, request.request_id(), caller.name()));
    *response.mutable_experiment() = std::move(stored.experiment);
    response.set_builds_reused(writer.reused());
    return absl::OkStatus();
  }));
  lab.Publish(effects);
  if (known) return response;
  spdlog::info("experiment {} {}: {} runs", response.experiment().id(),
               response.experiment().name(), response.experiment().runs().total());
  return response;
}

}  // namespace roxlab
