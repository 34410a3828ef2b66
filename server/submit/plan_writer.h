// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_SERVER_SUBMIT_PLAN_WRITER_H_
#define ROXLAB_SERVER_SUBMIT_PLAN_WRITER_H_

#include <cstdint>
#include <map>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "db/builds.h"
#include "db/experiments.h"
#include "server/lab/effects.h"
#include "server/lab/lab.h"
#include "server/lab/lifecycle.h"
#include "server/submit/plan.h"

namespace roxlab {

// By the build's id; the content is in the artifact store.
using InputsByBuild = std::map<std::string, BuildInputs>;

// Whether a known build need not be built again: it passed and its files are there, or it failed
// and would again.
bool IsReusable(const ArtifactStore& store, const v1::Build& build);

// Writes a plan into the database, inside one Database::Write: the experiment, its variants, the
// builds that are not known yet, and all runs.
class PlanWriter {
 public:
  PlanWriter(Lab& lab, Connection& connection, Effects& effects)
      : lab_(lab),
        connection_(connection),
        now_(lab.Now()),
        lifecycle_(connection, now_, effects),
        effects_(effects) {}

  absl::StatusOr<StoredExperiment> Write(const Plan& plan, const InputsByBuild& inputs,
                                         const std::string& request_id,
                                         const std::string& submitter);
  // Builds that were known and need not be built.
  uint32_t reused() const { return reused_; }

 private:
  // The build's key. What passed or failed before is not built again; what ended in an ERROR, was
  // cancelled or lost its files is.
  absl::StatusOr<int64_t> WriteBuild(const v1::Experiment& experiment, const std::string& id,
                                     const BuildInputs& inputs);
  absl::Status WriteRuns(const Plan& plan, const InputsByBuild& inputs,
                         const v1::Experiment& experiment, int64_t seq);

  Lab& lab_;
  Connection& connection_;
  const Lifecycle::Options now_;
  Lifecycle lifecycle_;
  Effects& effects_;
  std::map<std::string, int64_t> builds_;  // Keys by id.
  uint32_t reused_ = 0;
};

}  // namespace roxlab

#endif  // ROXLAB_SERVER_SUBMIT_PLAN_WRITER_H_
