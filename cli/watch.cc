// SPDX-License-Identifier: Apache-2.0
#include <sys/ioctl.h>
#include <unistd.h>

#include <iostream>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "cli/commands.h"
#include "cli/errors.h"
#include "cli/progress.h"
#include "common/status_macros.h"

namespace roxlab {
namespace {

// How long a server may be away while we watch: it may be restarted under us.
constexpr absl::Duration kPatience = absl::Minutes(1);

int TerminalWidth() {
  winsize size = {};
  return ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 ? size.ws_col : 80;
}

// Reads one watch stream to its end; `last` keeps the newest state.
absl::Status Follow(LabClient& lab, const std::string& id, const CliContext& context,
                    ProgressDisplay& display, v1::GetExperimentResponse* last) {
  grpc::ClientContext call;
  v1::GetExperimentRequest request;
  request.set_id(id);
  auto reader = lab.stub().WatchExperiment(&call, request);
  while (reader->Read(last)) {
    if (context.json) {
      PrintJson(*last);
    } else {
      display.Update(*last);
    }
  }
  return FromGrpc(reader->Finish());
}

// Work that waits although nobody is there to do it: people should know why nothing moves.
void WarnWithoutRunner(LabClient& lab, const v1::GetExperimentResponse& state) {
  const bool waits =
      state.experiment().state() != v1::DONE &&
      state.experiment().runs().running() + state.experiment().builds().running() == 0;
  if (!waits) return;
  auto runners = lab.Call(&v1::Lab::Stub::ListRunners, v1::ListRunnersRequest());
  if (!runners.ok()) return;
  for (const v1::Runner& runner : runners->runners())
    if (runner.online()) return;
  std::cerr << "no runner is online: the work waits for one (./lab up, or roxlab-runner)\n";
}

void PrintFailures(const v1::GetExperimentResponse& state) {
  auto print = [](const std::string& what, const v1::Failure& failure) {
    std::cerr << what << ": " << failure.kind() << ": " << failure.summary() << "\n";
    if (!failure.excerpt().empty()) std::cerr << failure.excerpt() << "\n";
  };
  for (const v1::Build& build : state.builds())
    if (build.verdict() == v1::FAIL || build.verdict() == v1::ERROR)
      print(absl::StrCat("build ", build.id().substr(0, 12)), build.failure());
  for (const v1::Run& run : state.runs()) {
    const bool own = run.failure().kind() != "dependency";
    if ((run.verdict() == v1::FAIL || run.verdict() == v1::ERROR) && own) {
      print(absl::StrCat("run ", run.id(), " (", run.variant(), ", seed ", run.seed(), ")"),
            run.failure());
      std::cerr << "  whole console: roxlab log " << run.id() << "\n";
    }
  }
}

}  // namespace

absl::StatusOr<int> Watch(const CliContext& context, const std::string& id) {
  LabClient lab(context);
  const bool terminal = isatty(STDERR_FILENO) != 0;
  ProgressDisplay display(std::cerr, terminal, terminal ? TerminalWidth() : 0);
  v1::GetExperimentResponse state;
  ROXLAB_ASSIGN_OR_RETURN(v1::GetExperimentResponse first, lab.GetExperiment(id));
  WarnWithoutRunner(lab, first);
  absl::Time away_since = absl::InfiniteFuture();
  while (state.experiment().state() != v1::DONE) {
    absl::Status status = Follow(lab, id, context, display, &state);
    if (status.ok()) {
      away_since = absl::InfiniteFuture();
      continue;
    }
    // Before the first answer nothing is lost by giving up at once.
    if (!absl::IsUnavailable(status) || state.experiment().id().empty()) return status;
    away_since = std::min(away_since, absl::Now());
    if (absl::Now() - away_since > kPatience) return status;
    absl::SleepFor(absl::Milliseconds(500));
  }
  display.Finish();
  if (context.json) return ExitStatusOf(state.experiment().verdict());
  PrintFailures(state);
  return CompareExperiment(context, {.experiment = state.experiment().id()});
}

}  // namespace roxlab
