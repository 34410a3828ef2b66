// SPDX-License-Identifier: Apache-2.0
#include "runner/machine/script.h"

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "common/names.h"

namespace roxlab {
namespace {

absl::StatusOr<std::string> RenderModules(absl::string_view command, absl::string_view names) {
  std::vector<absl::string_view> words = absl::StrSplit(names, ' ', absl::SkipEmpty());
  if (words.empty()) return absl::InvalidArgumentError(absl::StrCat(command, " names no module"));
  for (absl::string_view word : words)
    if (!IsValidName(word))
      return absl::InvalidArgumentError(absl::StrCat(command, ": '", word, "' is no module name"));
  return absl::StrCat(command, " ", absl::StrJoin(words, " "), "\n");
}

absl::StatusOr<std::string> RenderStep(const v1::Step& step) {
  switch (step.action_case()) {
    case v1::Step::kLoadModules:
      return RenderModules("load_modules", step.load_modules());
    case v1::Step::kUnloadModules:
      return RenderModules("unload_modules", step.unload_modules());
    case v1::Step::ACTION_NOT_SET:
      break;
  }
  return absl::UnimplementedError("a step that this runner does not know");
}

}  // namespace

absl::StatusOr<std::string> RenderScript(const v1::Workload& workload) {
  if (workload.phases().empty())
    return absl::InvalidArgumentError(absl::StrCat("workload ", workload.name(), " has no phase"));
  std::string script;
  absl::flat_hash_set<std::string> seen;
  for (const v1::Phase& phase : workload.phases()) {
    if (!IsValidName(phase.name()) || !seen.insert(phase.name()).second)
      return absl::InvalidArgumentError(absl::StrCat("workload ", workload.name(), ": phase name '",
                                                     phase.name(), "' is not valid or not unique"));
    absl::StrAppend(&script, "phase ", phase.name(), "\n");
    for (const v1::Step& step : phase.steps()) {
      absl::StatusOr<std::string> lines = RenderStep(step);
      if (!lines.ok())
        return absl::Status(lines.status().code(),
                            absl::StrCat("workload ", workload.name(), ", phase ", phase.name(),
                                         ": ", lines.status().message()));
      script += *lines;
    }
  }
  return script + "end\n";
}

}  // namespace roxlab
