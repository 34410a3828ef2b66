// SPDX-License-Identifier: Apache-2.0
#include "report/owners.h"

#include <google/protobuf/util/json_util.h>

#include <algorithm>
#include <iostream>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "cli/commands.h"
#include "cli/download.h"
#include "cli/errors.h"
#include "common/status_macros.h"

namespace roxlab {
namespace {

// The attribution that an artifact holds.
absl::StatusOr<v1::Attribution> GetAttribution(ArtifactDownload& files,
                                               const v1::Artifact& artifact) {
  ROXLAB_ASSIGN_OR_RETURN(const std::string json, files.Get(artifact));
  v1::Attribution attribution;
  google::protobuf::util::JsonParseOptions options;
  options.ignore_unknown_fields = true;
  const auto parsed = google::protobuf::util::JsonStringToMessage(json, &attribution, options);
  if (!parsed.ok())
    return absl::DataLossError(
        absl::StrCat("'", artifact.name(), "': ", std::string(parsed.message())));
  return attribution;
}

// Those of a run, in the order of its phases; of one phase if it is named.
absl::StatusOr<std::vector<v1::Attribution>> OfRun(ArtifactDownload& files, const v1::Run& run,
                                                   const std::string& phase) {
  std::vector<v1::Attribution> found;
  for (const v1::Artifact& artifact : run.artifacts()) {
    const bool wanted = phase.empty() ? absl::StartsWith(artifact.name(), "owners.")
                                      : artifact.name() == absl::StrCat("owners.", phase, ".json");
    if (!wanted) continue;
    ROXLAB_ASSIGN_OR_RETURN(v1::Attribution attribution, GetAttribution(files, artifact));
    found.push_back(std::move(attribution));
  }
  return found;
}

absl::Status Nothing(absl::string_view thing, const std::string& id, const std::string& phase) {
  return absl::NotFoundError(
      absl::StrCat(thing, " ", id, " has no list of owners",
                   phase.empty() ? "" : absl::StrCat(" after phase '", phase, "'"),
                   ": they need a snapshot that was also read by a walk of the tables (settings "
                   "outside_walk and kcore_walk), in an experiment of a run that passed"));
}

absl::StatusOr<int> ShowRun(const CliContext& context, const v1::Run& run,
                            const OwnersOptions& options) {
  ArtifactDownload files(context);
  ROXLAB_ASSIGN_OR_RETURN(const std::vector<v1::Attribution> phases,
                          OfRun(files, run, options.phase));
  if (phases.empty()) return Nothing("run", run.id(), options.phase);
  if (context.json) {
    v1::RunAttribution all;
    all.set_run(run.id());
    all.mutable_phases()->Assign(phases.begin(), phases.end());
    PrintJson(all);
    return kExitOk;
  }
  std::cout << "run " << run.id() << ": " << run.variant() << " on " << run.machine() << ", "
            << run.workload() << ", seed " << run.seed() << "\n";
  for (const v1::Attribution& phase : phases) std::cout << "\n" << OwnersText(phase, options.all);
  return kExitOk;
}

absl::StatusOr<int> ShowExperiment(const CliContext& context,
                                   const v1::GetExperimentResponse& state,
                                   const OwnersOptions& options) {
  LabClient lab(context);
  ArtifactDownload files(context);
  std::vector<OwnersGroup> groups;
  for (const v1::Run& listed : state.runs()) {
    if (listed.verdict() != v1::PASS) continue;
    ROXLAB_ASSIGN_OR_RETURN(const v1::Run run, lab.GetRun(listed.id()));
    ROXLAB_ASSIGN_OR_RETURN(std::vector<v1::Attribution> phases, OfRun(files, run, options.phase));
    for (v1::Attribution& phase : phases) {
      auto same = [&](const OwnersGroup& group) {
        return group.variant == run.variant() && group.machine == run.machine() &&
               group.workload == run.workload() && group.phase == phase.phase();
      };
      auto group = std::find_if(groups.begin(), groups.end(), same);
      if (group == groups.end())
        group = groups.insert(groups.end(),
                              {run.variant(), run.machine(), run.workload(), phase.phase(), {}});
      group->runs.push_back(std::move(phase));
    }
  }
  if (groups.empty()) return Nothing("experiment", state.experiment().id(), options.phase);
  std::cout << (context.json ? OwnersJson(groups) : OwnersText(groups));
  return kExitOk;
}

}  // namespace

absl::StatusOr<int> Owners(const CliContext& context, const std::string& id,
                           const OwnersOptions& options) {
  LabClient lab(context);
  absl::StatusOr<v1::GetExperimentResponse> experiment = lab.GetExperiment(id);
  if (experiment.ok()) return ShowExperiment(context, *experiment, options);
  if (!absl::IsNotFound(experiment.status())) return experiment.status();
  absl::StatusOr<v1::Run> run = lab.GetRun(id);
  if (absl::IsNotFound(run.status()))
    return absl::NotFoundError(absl::StrCat("no experiment or run '", id, "'"));
  if (!run.ok()) return run.status();
  return ShowRun(context, *run, options);
}

}  // namespace roxlab
