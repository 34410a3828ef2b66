// SPDX-License-Identifier: Apache-2.0
#include "server/lab/compose.h"

#include "common/status_macros.h"
#include "db/artifacts.h"
#include "db/builds.h"
#include "db/runs.h"

namespace roxlab {
namespace {

absl::StatusOr<v1::BuildJob> ComposeBuild(Connection& connection, const ArtifactStore& store,
                                          const JobRow& job) {
  ROXLAB_ASSIGN_OR_RETURN(const BuildInputs inputs, BuildTable(connection).Inputs(job.build));
  v1::BuildJob build;
  build.set_build(job.build_id);
  v1::BuildSpec& spec = *build.mutable_spec();
  *spec.mutable_base() = inputs.base;
  spec.set_toolchain(inputs.toolchain);
  for (const v1::Artifact& input : inputs.patches) {
    v1::Patch& patch = *spec.add_patches();
    patch.set_name(input.name());
    ROXLAB_ASSIGN_OR_RETURN(*patch.mutable_content(), store.ReadAll(input.sha256()));
  }
  for (const v1::Artifact& input : inputs.configs) {
    v1::ConfigFragment& fragment = *spec.add_configs();
    fragment.set_name(input.name());
    ROXLAB_ASSIGN_OR_RETURN(*fragment.mutable_content(), store.ReadAll(input.sha256()));
  }
  return build;
}

}  // namespace

absl::StatusOr<v1::Job> ComposeJob(Connection& connection, const ArtifactStore& store,
                                   const JobRow& job,
                                   const std::map<std::string, PinnedBase>& pins) {
  v1::Job composed;
  composed.set_id(job.id());
  if (job.kind == JobKind::kBuild) {
    ROXLAB_ASSIGN_OR_RETURN(*composed.mutable_build(), ComposeBuild(connection, store, job));
    if (auto pin = pins.find(job.base); pin != pins.end())
      composed.mutable_build()->set_base_tree(pin->second.tree);
    return composed;
  }
  ROXLAB_ASSIGN_OR_RETURN(*composed.mutable_run(), RunTable(connection).Work(job.target));
  ROXLAB_ASSIGN_OR_RETURN(
      *composed.mutable_run()->mutable_artifacts(),
      ArtifactTable(connection).Outputs(ArtifactTable::Owner::kBuild, job.build));
  return composed;
}

}  // namespace roxlab
