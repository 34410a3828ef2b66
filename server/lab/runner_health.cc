// SPDX-License-Identifier: Apache-2.0
#include "server/lab/runner_health.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/names.h"
#include "common/printable.h"
#include "common/status_macros.h"
#include "db/runners.h"
#include "server/lab/event_hub.h"
#include "server/lab/lab.h"
#include "server/lab/queries.h"

namespace roxlab {
namespace {

constexpr size_t kMaxReason = 1000;  // Bytes.

}  // namespace

absl::Status RunnerHealth::Change(const std::string& runner, v1::RunnerState state,
                                  absl::string_view reason) {
  RunnerStandings standings(connection_);
  ROXLAB_ASSIGN_OR_RETURN(RunnerStanding standing, standings.Of(runner));
  standing.state = state;
  standing.reason = std::string(Utf8Prefix(reason, kMaxReason));
  standing.since_ms = now_ms_;
  standing.errors = 0;
  ++standing.check;  // Whatever was asked before is answered by now.
  standing.check_ms = now_ms_ + kCheckIntervalMs;
  return standings.Put(runner, standing);
}

absl::StatusOr<bool> RunnerHealth::NoteEnd(const std::string& runner, v1::Verdict verdict,
                                           absl::string_view summary) {
  RunnerStandings standings(connection_);
  ROXLAB_ASSIGN_OR_RETURN(RunnerStanding standing, standings.Of(runner));
  const int64_t errors = verdict == v1::ERROR ? standing.errors + 1 : 0;
  if (errors == standing.errors) return false;
  if (errors >= kErrorsToQuarantine && standing.state == v1::RUNNER_READY) {
    ROXLAB_RETURN_IF_ERROR(Change(runner, v1::RUNNER_QUARANTINED,
                                  absl::StrCat(errors,
                                               " jobs in a row ended in ERROR there, the "
                                               "last one: ",
                                               summary)));
    return true;
  }
  standing.errors = errors;
  ROXLAB_RETURN_IF_ERROR(standings.Put(runner, standing));
  return false;
}

absl::StatusOr<int64_t> RunnerHealth::TakeDueCheck(const std::string& runner) {
  RunnerStandings standings(connection_);
  ROXLAB_ASSIGN_OR_RETURN(RunnerStanding standing, standings.Of(runner));
  if (standing.state != v1::RUNNER_QUARANTINED || standing.check_ms > now_ms_) return 0;
  ++standing.check;
  standing.check_ms = now_ms_ + kCheckIntervalMs;
  ROXLAB_RETURN_IF_ERROR(standings.Put(runner, standing));
  return standing.check;
}

absl::StatusOr<bool> RunnerHealth::NoteCheck(const std::string& runner,
                                             const v1::SelfCheck& check) {
  ROXLAB_ASSIGN_OR_RETURN(const RunnerStanding standing, RunnerStandings(connection_).Of(runner));
  // What was asked before, or of another state, says nothing now.
  if (standing.state != v1::RUNNER_QUARANTINED || standing.check != check.number()) return false;
  if (check.error().empty()) {
    ROXLAB_RETURN_IF_ERROR(Change(runner, v1::RUNNER_READY, ""));
  } else {
    ROXLAB_RETURN_IF_ERROR(Change(runner, v1::RUNNER_QUARANTINED,
                                  absl::StrCat("checked itself and found: ", check.error())));
  }
  return true;
}

absl::Status RunnerHealth::SetPaused(const std::string& runner, bool paused,
                                     absl::string_view reason) {
  return Change(runner, paused ? v1::RUNNER_PAUSED : v1::RUNNER_READY, paused ? reason : "");
}

absl::StatusOr<v1::Runner> SetRunner(Lab& lab, const v1::SetRunnerRequest& request) {
  if (request.reason().size() > kMaxReason || request.reason().find('\n') != std::string::npos)
    return absl::InvalidArgumentError(
        absl::StrCat("reason: one line of at most ", kMaxReason, " bytes"));
  auto find = [&]() -> absl::StatusOr<v1::Runner> {
    ROXLAB_ASSIGN_OR_RETURN(v1::ListRunnersResponse runners, ListRunners(lab));
    std::vector<std::string> names;
    for (v1::Runner& runner : *runners.mutable_runners()) {
      if (runner.name() == request.name()) return std::move(runner);
      names.push_back(runner.name());
    }
    return absl::NotFoundError(UnknownName("runner", request.name(), names));
  };
  ROXLAB_RETURN_IF_ERROR(find().status());
  Effects effects;
  ROXLAB_RETURN_IF_ERROR(lab.db().Write([&](Connection& connection) {
    return RunnerHealth(connection, lab.Now().now_ms)
        .SetPaused(request.name(), request.paused(), request.reason());
  }));
  effects.changed.insert(kRunnersTopic);
  effects.queue = true;  // There may be work for it.
  lab.Publish(effects);
  return find();
}

}  // namespace roxlab
