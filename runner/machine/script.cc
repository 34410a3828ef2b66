// SPDX-License-Identifier: Apache-2.0
#include "runner/machine/script.h"

#include <algorithm>
#include <initializer_list>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "common/names.h"
#include "common/status_macros.h"

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

// A number of a step that must lie in a range.
struct Bound {
  absl::string_view name;
  uint64_t value, least, most;
};

absl::Status Check(absl::string_view command, std::initializer_list<Bound> bounds) {
  for (const Bound& bound : bounds)
    if (bound.value < bound.least || bound.value > bound.most)
      return absl::InvalidArgumentError(absl::StrCat(command, ": ", bound.name, " is ", bound.value,
                                                     ", must be ", bound.least, " to ",
                                                     bound.most));
  return absl::OkStatus();
}

absl::StatusOr<std::string> RenderChurn(const v1::ChurnModules& churn) {
  ROXLAB_RETURN_IF_ERROR(Check("churn_modules", {{"times", churn.times(), 0, 1'000'000},
                                                 {"readers", churn.readers(), 0, 16}}));
  return RenderModules(
      absl::StrCat("churn_modules ", std::max(churn.times(), 1u), " ", churn.readers()),
      churn.modules());
}

absl::StatusOr<std::string> RenderAging(const v1::AgeMemory& aging) {
  ROXLAB_RETURN_IF_ERROR(
      Check("age_memory", {{"fill_percent", aging.fill_percent(), 1, 95},
                           {"keep_percent", aging.keep_percent(), 0, 100},
                           {"run_pages", aging.run_pages(), 0, 4096},
                           {"unmovable_percent", aging.unmovable_percent(), 0, 100}}));
  return absl::StrCat("age_memory ", aging.fill_percent(), " ", aging.keep_percent(), " ",
                      std::max(aging.run_pages(), 1u), " ", aging.seed(), " ",
                      aging.exhaust_blocks() ? 1 : 0, " ", aging.unmovable_percent(), "\n");
}

absl::StatusOr<std::string> RenderKprobes(const v1::AddKprobes& kprobes) {
  ROXLAB_RETURN_IF_ERROR(Check("add_kprobes", {{"count", kprobes.count(), 1, 20'000}}));
  return absl::StrCat("add_kprobes ", kprobes.count(), " ", kprobes.seed(), "\n");
}

absl::StatusOr<std::string> RenderBpf(const v1::LoadBpf& bpf) {
  ROXLAB_RETURN_IF_ERROR(Check("load_bpf", {{"count", bpf.count(), 1, 20'000},
                                            {"instructions", bpf.instructions(), 4, 4000}}));
  return absl::StrCat("load_bpf ", bpf.count(), " ", bpf.instructions(), " ", bpf.seed(), "\n");
}

// One word of a line (stream_format.h).
std::string Encoded(absl::string_view word) {
  std::string text = word.empty() ? "%" : "";
  for (const unsigned char c : word) {
    if (c > ' ' && c <= '~' && c != '%')
      text.push_back(static_cast<char>(c));
    else
      absl::StrAppendFormat(&text, "%%%02X", c);
  }
  return text;
}

absl::StatusOr<std::string> RenderCommand(const v1::RunCommand& command) {
  size_t bytes = 0;
  for (const std::string& word : command.argv()) bytes += word.size() + 1;
  if (command.argv().empty() || command.argv(0).empty() || command.argv_size() > 60 || bytes > 4000)
    return absl::InvalidArgumentError(
        "run_command: argv has 1 to 60 words of 4000 bytes in all, the first the program");
  std::string line =
      absl::StrCat("run_command ", command.timeout_seconds() == 0 ? 60 : command.timeout_seconds());
  for (const std::string& word : command.argv()) {
    // An end of a string that is not seen here would be one there.
    if (absl::StrContains(word, '\0'))
      return absl::InvalidArgumentError("run_command: a word holds a NUL");
    absl::StrAppend(&line, " ", Encoded(word));
  }
  return line + "\n";
}

// A command with one name.
absl::StatusOr<std::string> RenderNamed(absl::string_view command, absl::string_view name) {
  if (!IsValidName(name))
    return absl::InvalidArgumentError(absl::StrCat(command, ": '", name, "' is no name"));
  return absl::StrCat(command, " ", name, "\n");
}

// A command without anything.
absl::StatusOr<std::string> RenderBare(absl::string_view command, bool wanted) {
  if (!wanted) return absl::InvalidArgumentError(absl::StrCat(command, " takes only 'true'"));
  return absl::StrCat(command, "\n");
}

absl::StatusOr<std::string> RenderStep(const v1::Step& step) {
  switch (step.action_case()) {
    case v1::Step::kLoadModules:
      return RenderModules("load_modules", step.load_modules());
    case v1::Step::kUnloadModules:
      return RenderModules("unload_modules", step.unload_modules());
    case v1::Step::kChurnModules:
      return RenderChurn(step.churn_modules());
    case v1::Step::kAgeMemory:
      return RenderAging(step.age_memory());
    case v1::Step::kReleaseMemory:
      return RenderBare("release_memory", step.release_memory());
    case v1::Step::kAddKprobes:
      return RenderKprobes(step.add_kprobes());
    case v1::Step::kRemoveKprobes:
      return RenderBare("remove_kprobes", step.remove_kprobes());
    case v1::Step::kLoadBpf:
      return RenderBpf(step.load_bpf());
    case v1::Step::kUnloadBpf:
      return RenderBare("unload_bpf", step.unload_bpf());
    case v1::Step::kTracer:
      return RenderNamed("tracer", step.tracer());
    case v1::Step::kKunit:
      return RenderNamed("kunit", step.kunit());
    case v1::Step::kRunCommand:
      return RenderCommand(step.run_command());
    case v1::Step::ACTION_NOT_SET:
      break;
  }
  return absl::UnimplementedError("a step that this runner does not know");
}

// Whether it makes executable memory that only the kernel's symbols have a name for.
bool NeedsSymbols(const v1::Workload& workload) {
  for (const v1::Phase& phase : workload.phases())
    for (const v1::Step& step : phase.steps())
      if (step.has_load_bpf() || step.has_add_kprobes() || step.has_tracer()) return true;
  return false;
}

}  // namespace

absl::StatusOr<std::string> RenderScript(const v1::Workload& workload, bool kcore_walk) {
  if (workload.phases().empty())
    return absl::InvalidArgumentError(absl::StrCat("workload ", workload.name(), " has no phase"));
  std::string script = absl::StrCat(NeedsSymbols(workload) ? "tell_symbols\n" : "",
                                    kcore_walk ? "kcore_walk\n" : "");
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
