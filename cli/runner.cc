// SPDX-License-Identifier: Apache-2.0
//
// Whether runners are given work.
#include <iostream>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/clock.h"
#include "cli/commands.h"
#include "cli/errors.h"
#include "common/status_macros.h"

namespace roxlab {
namespace {

absl::StatusOr<v1::Runner> Find(LabClient& lab, const std::string& name) {
  ROXLAB_ASSIGN_OR_RETURN(v1::ListRunnersResponse response,
                          lab.Call(&v1::Lab::Stub::ListRunners, v1::ListRunnersRequest()));
  for (v1::Runner& runner : *response.mutable_runners())
    if (runner.name() == name) return std::move(runner);
  return absl::NotFoundError(absl::StrCat("runner '", name, "' is gone"));
}

// Until the runner has no job; says whenever there are others to wait for.
absl::StatusOr<v1::Runner> Drain(LabClient& lab, v1::Runner runner) {
  std::string told;
  while (!runner.jobs().empty()) {
    const std::string jobs = absl::StrJoin(runner.jobs(), " ");
    if (jobs != told) std::cerr << "waiting for " << jobs << "\n";
    told = jobs;
    absl::SleepFor(absl::Milliseconds(300));
    ROXLAB_ASSIGN_OR_RETURN(runner, Find(lab, runner.name()));
    if (runner.state() == v1::RUNNER_READY)
      return absl::AbortedError(absl::StrCat("somebody let ", runner.name(), " go on"));
  }
  return runner;
}

}  // namespace

absl::StatusOr<int> SetRunner(const CliContext& context, const RunnerOptions& options) {
  LabClient lab(context);
  v1::SetRunnerRequest request;
  request.set_name(options.name);
  request.set_paused(options.pause);
  request.set_reason(options.reason);
  ROXLAB_ASSIGN_OR_RETURN(v1::Runner runner, lab.Call(&v1::Lab::Stub::SetRunner, request));
  if (options.drain) {
    ROXLAB_ASSIGN_OR_RETURN(runner, Drain(lab, std::move(runner)));
  }
  if (context.json) {
    PrintJson(runner);
  } else if (options.pause) {
    std::cout << runner.name() << " gets no more jobs and has "
              << (runner.jobs().empty() ? "none" : absl::StrJoin(runner.jobs(), " ")) << "\n";
  } else {
    std::cout << runner.name() << " gets jobs again\n";
  }
  return kExitOk;
}

}  // namespace roxlab
