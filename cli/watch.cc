// SPDX-License-Identifier: Apache-2.0
#include <sys/ioctl.h>
#include <unistd.h>

#include <iostream>
#include <string>
#include <utility>

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

// Why work waits that nobody does, so that people know why nothing moves; empty when it does not.
std::string WhyItWaits(LabClient& lab, const v1::GetExperimentResponse& state) {
  const v1::Experiment& experiment = state.experiment();
  const bool waits = experiment.state() != v1::DONE &&
                     experiment.runs().running() + experiment.builds().running() == 0;
  if (!waits) return "";
  auto runners = lab.Call(&v1::Lab::Stub::ListRunners, v1::ListRunnersRequest());
  if (!runners.ok()) return "";
  std::string out_of_work;
  for (const v1::Runner& runner : runners->runners()) {
    if (!runner.online()) continue;
    if (runner.state() == v1::RUNNER_READY) return "";
    absl::StrAppend(&out_of_work, "; ", runner.name(),
                    runner.state() == v1::RUNNER_PAUSED ? " is paused" : " is in quarantine",
                    runner.reason().empty() ? "" : ": ", runner.reason());
  }
  if (!out_of_work.empty())
    return absl::StrCat("no runner takes work", out_of_work, " (roxlab runner resume NAME)");
  return "no runner is online: the work waits for one (./lab up, or roxlab-runner)";
}

// What a watch knows.
struct Watching {
  v1::GetExperimentResponse state;  // The newest.
  std::string told;                 // Why it waits, as said last.
};

// Reads one watch stream to its end.
absl::Status Follow(LabClient& lab, const std::string& id, const CliContext& context,
                    ProgressDisplay& display, Watching* watching) {
  grpc::ClientContext call;
  v1::GetExperimentRequest request;
  request.set_id(id);
  auto reader = lab.stub().WatchExperiment(&call, request);
  while (reader->Read(&watching->state)) {
    std::string why = WhyItWaits(lab, watching->state);
    if (!why.empty() && why != watching->told) {
      display.Finish();
      std::cerr << why << "\n";
    }
    watching->told = std::move(why);
    if (context.json) {
      PrintJson(watching->state);
    } else {
      display.Update(watching->state);
    }
  }
  return FromGrpc(reader->Finish());
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
  Watching watching;
  const v1::GetExperimentResponse& state = watching.state;
  absl::Time away_since = absl::InfiniteFuture();
  while (state.experiment().state() != v1::DONE) {
    absl::Status status = Follow(lab, id, context, display, &watching);
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
