// SPDX-License-Identifier: Apache-2.0
#include <iostream>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "cli/commands.h"
#include "cli/errors.h"
#include "cli/words.h"
#include "common/status_macros.h"

namespace roxlab {
namespace {

std::string Variants(const v1::ExperimentSpec& spec) {
  std::vector<std::string> names(spec.variants().begin(), spec.variants().end());
  for (const v1::Variant& variant : spec.define()) names.push_back(variant.name());
  for (std::string& name : names)
    if (name == spec.baseline()) absl::StrAppend(&name, " (baseline)");
  return absl::StrJoin(names, ", ");
}

}  // namespace

absl::StatusOr<int> CheckSpec(const CliContext& context, const v1::ExperimentSpec& spec) {
  LabClient lab(context);
  v1::SubmitExperimentRequest request;
  *request.mutable_spec() = spec;
  request.set_validate_only(true);
  ROXLAB_ASSIGN_OR_RETURN(const v1::SubmitExperimentResponse response,
                          lab.Call(&v1::Lab::Stub::SubmitExperiment, request));
  if (context.json) {
    PrintJson(response);
    return kExitOk;
  }
  const v1::Experiment& experiment = response.experiment();
  const v1::ExperimentSpec& checked = experiment.spec();
  std::cout << "variants   " << Variants(checked) << "\nmachines   "
            << absl::StrJoin(checked.machines(), ", ") << "\nworkloads  "
            << absl::StrJoin(checked.workloads(), ", ") << "\nseeds      "
            << absl::StrJoin(checked.seeds(), ", ") << "\nbuilds     "
            << experiment.builds().total() << ", " << response.builds_reused()
            << " of them known\nruns       " << experiment.runs().total() << "\ntime       "
            << (response.estimate_seconds() == 0
                    ? "not known: nothing like it was done here before"
                    : absl::StrCat("about ", About(response.estimate_seconds())))
            << "\n";
  return kExitOk;
}

}  // namespace roxlab
