// SPDX-License-Identifier: Apache-2.0
#include <iostream>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "cli/commands.h"
#include "cli/errors.h"
#include "common/status_macros.h"
#include "report/comparison.h"

namespace roxlab {
namespace {

absl::StatusOr<v1::ComparisonSide> SideOf(const std::string& text) {
  const std::vector<std::string> parts = absl::StrSplit(text, absl::MaxSplits('/', 1));
  v1::ComparisonSide side;
  side.set_experiment(parts.front());
  if (parts.size() > 1) side.set_variant(parts.back());
  if (side.experiment().empty() || (parts.size() > 1 && side.variant().empty()))
    return absl::InvalidArgumentError(
        absl::StrCat("'", text, "': write EXPERIMENT/VARIANT, or EXPERIMENT alone"));
  return side;
}

void Print(const CliContext& context, const v1::Comparison& comparison, bool all) {
  std::cout << (context.json ? ComparisonJson(comparison)
                             : ComparisonTable(comparison, {.all = all}));
}

}  // namespace

absl::StatusOr<v1::CompareRequest> SidesOf(const CompareOptions& options) {
  v1::CompareRequest request;
  ROXLAB_ASSIGN_OR_RETURN(*request.mutable_baseline(), SideOf(options.experiment));
  ROXLAB_ASSIGN_OR_RETURN(*request.mutable_candidate(), SideOf(options.candidate));
  return request;
}

absl::StatusOr<int> CompareExperiment(const CliContext& context, const CompareOptions& options) {
  LabClient lab(context);
  if (!options.candidate.empty()) {
    ROXLAB_ASSIGN_OR_RETURN(const v1::CompareRequest request, SidesOf(options));
    ROXLAB_ASSIGN_OR_RETURN(const v1::Comparison comparison,
                            lab.Call(&v1::Lab::Stub::Compare, request));
    Print(context, comparison, options.all);
    return kExitOk;
  }
  ROXLAB_ASSIGN_OR_RETURN(v1::GetExperimentResponse state, lab.GetExperiment(options.experiment));
  v1::CompareRequest request;
  request.set_id(state.experiment().id());
  ROXLAB_ASSIGN_OR_RETURN(v1::Comparison comparison, lab.Call(&v1::Lab::Stub::Compare, request));
  Print(context, comparison, options.all);
  const v1::Experiment& experiment = state.experiment();
  if (experiment.state() != v1::DONE) {
    std::cerr << "experiment " << experiment.id() << " is not done yet\n";
    return kExitUnfinished;
  }
  if (!context.json)
    std::cout << "\n"
              << v1::Verdict_Name(experiment.verdict()) << ": " << experiment.summary() << "\n";
  return ExitStatusOf(experiment.verdict());
}

}  // namespace roxlab
