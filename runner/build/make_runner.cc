// SPDX-License-Identifier: Apache-2.0
#include "runner/build/make_runner.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/status_macros.h"
#include "runner/build/make.h"
#include "runner/errors.h"

namespace roxlab {
namespace {

absl::Status EndOf(const MakeRunner::Target& target, const ProcessResult& result,
                   const MakeWatcher& watcher, absl::Duration timeout) {
  if (result.ok()) return absl::OkStatus();
  if (result.stopped) return absl::CancelledError("cancelled");
  if (watcher.disk_full()) return InfraError("disk", "the runner's disk filled up");
  if (watcher.killed())
    return InfraError("infrastructure", "the compiler was killed: is memory short?",
                      watcher.excerpt());
  if (result.timed_out)
    return VariantError("timeout",
                        absl::StrCat("the build took longer than ", absl::FormatDuration(timeout)));
  return VariantError(target.kind,
                      watcher.first_error().empty()
                          ? absl::StrCat("make (", target.stage, ") failed, ", result.Describe())
                          : watcher.first_error(),
                      watcher.excerpt());
}

}  // namespace

void ReportStage(JobContext& context, absl::string_view stage, uint64_t done, uint64_t total) {
  v1::Progress progress;
  progress.set_stage(std::string(stage));
  progress.set_done(done);
  progress.set_total(total == 0 ? 0 : std::max(total, done));
  context.Report(progress);
}

absl::Status MakeRunner::CheckSandbox() {
  return InfraError(RunAndRead(sandbox_.Wrap({"true"}), context_.stop()).status(), "tool");
}

absl::StatusOr<uint64_t> MakeRunner::Make(const Target& target) {
  ReportStage(context_, target.stage);
  std::vector<std::string> argv = {"env"};
  for (const auto& [name, value] : target.variables) argv.push_back(absl::StrCat(name, "=", value));
  for (std::string& word :
       MakeArgv(compiler_, settings_.make_jobs, !FindProgram("ccache").empty(), target.names))
    argv.push_back(std::move(word));
  Command command = sandbox_.Wrap(argv);
  command.timeout = deadline_ - absl::Now();
  MakeWatcher watcher;
  command.on_output = [&](absl::string_view bytes) {
    context_.Log(bytes);
    watcher.Feed(bytes);
    ReportStage(context_, target.stage, watcher.steps(), target.expected);
  };
  ROXLAB_ASSIGN_OR_RETURN(ProcessResult result, RunProcess(command, context_.stop()));
  ROXLAB_RETURN_IF_ERROR(EndOf(target, result, watcher, settings_.timeout));
  return watcher.steps();
}

}  // namespace roxlab
