// SPDX-License-Identifier: Apache-2.0
#include "server/lab/cancel.h"

#include <spdlog/spdlog.h>

#include "absl/strings/str_cat.h"
#include "common/status_macros.h"
#include "db/experiments.h"
#include "server/lab/lab.h"

namespace roxlab {

absl::StatusOr<v1::CancelExperimentResponse> CancelExperiment(Lab& lab, absl::string_view id,
                                                              const v1::Caller& caller) {
  v1::CancelExperimentResponse response;
  Effects effects;
  ROXLAB_RETURN_IF_ERROR(lab.db().Write([&](Connection& connection) -> absl::Status {
    ExperimentTable experiments(connection);
    ROXLAB_ASSIGN_OR_RETURN(const StoredExperiment stored, experiments.Get(id));
    if (caller.role() != v1::ROLE_ADMIN && stored.experiment.submitter() != caller.name()) {
      return absl::PermissionDeniedError(absl::StrCat(stored.experiment.id(), " was handed in by '",
                                                      stored.experiment.submitter(),
                                                      "': only they and admins may cancel it"));
    }
    if (stored.experiment.state() == v1::DONE) return absl::OkStatus();
    const Lifecycle::Options now = lab.Now();
    ROXLAB_ASSIGN_OR_RETURN(int count, Lifecycle(connection, now, effects).Cancel(stored.seq));
    response.set_cancelled(static_cast<uint32_t>(count));
    effects.changed.insert(stored.experiment.id());
    spdlog::info("experiment {} cancelled: {} builds and runs", stored.experiment.id(), count);
    const v1::Tally& runs = stored.experiment.runs();
    const uint32_t ended = runs.total() - runs.queued() - runs.running();
    return experiments.Finish(
        stored.seq, v1::CANCELLED,
        absl::StrCat("cancelled when ", ended, " of ", runs.total(), " runs had ended"),
        now.now_ms);
  }));
  lab.Publish(effects);
  return response;
}

}  // namespace roxlab
