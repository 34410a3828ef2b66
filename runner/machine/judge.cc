// SPDX-License-Identifier: Apache-2.0
#include "runner/machine/judge.h"

#include "absl/strings/str_cat.h"
#include "runner/errors.h"

namespace roxlab {
namespace {

std::string Where(const Evidence& evidence) {
  if (!evidence.started) return "before the probe started";
  if (evidence.phase.empty()) return "before the first phase";
  return absl::StrCat("in phase ", evidence.phase);
}

absl::Status JudgeConsole(const Evidence& evidence) {
  const ConsoleEvent& event = *evidence.event;
  std::string summary = absl::StrCat(event.title, " (", Where(evidence), ")");
  if (!event.later.empty()) absl::StrAppend(&summary, "; later: ", event.later);
  return VariantError(event.kind, summary, event.excerpt);
}

}  // namespace

absl::Status Judge(const Evidence& evidence) {
  if (evidence.ending == Ending::kStopped) return absl::CancelledError("the run was stopped");
  // What the kernel itself says comes first: a machine or stream that ends badly after a splat
  // does so because of it.
  if (evidence.event) return JudgeConsole(evidence);
  if (!evidence.machine.ok()) return evidence.machine;
  if (!evidence.stream.ok()) return InfraError(evidence.stream);
  if (!evidence.failure.empty())
    return VariantError("workload", absl::StrCat(evidence.failure, " (", Where(evidence), ")"),
                        evidence.last_lines);
  if (!evidence.tests.ok()) return evidence.tests;
  if (evidence.complete) return InfraError(evidence.review);
  if (evidence.ending == Ending::kTimedOut)
    return VariantError("timeout",
                        absl::StrCat("not done after ", absl::FormatDuration(evidence.timeout),
                                     ": hung ", Where(evidence)),
                        evidence.last_lines);
  return VariantError(evidence.started ? "workload" : "boot",
                      absl::StrCat("the machine went off ", Where(evidence)), evidence.last_lines);
}

}  // namespace roxlab
