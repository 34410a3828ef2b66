// SPDX-License-Identifier: Apache-2.0
#include "server/lab/lifecycle.h"

#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/names.h"
#include "common/status_macros.h"
#include "db/artifacts.h"
#include "db/bases.h"
#include "db/builds.h"
#include "db/experiments.h"
#include "db/runs.h"
#include "db/snapshots.h"
#include "db/tests.h"
#include "server/lab/event_hub.h"
#include "server/lab/runner_health.h"

namespace roxlab {
namespace {

// One second, doubling, at most half a minute: enough for a full disk or a restart to pass.
int64_t BackoffMs(int64_t attempts) {
  return std::min<int64_t>(30'000, int64_t{1000} << std::clamp<int64_t>(attempts - 1, 0, 5));
}

constexpr int64_t kGivenBackPauseMs = 1000;

v1::Failure MakeFailure(absl::string_view kind, absl::string_view summary,
                        absl::string_view excerpt = "") {
  v1::Failure failure;
  failure.set_kind(std::string(kind));
  failure.set_summary(std::string(summary));
  failure.set_excerpt(std::string(excerpt));
  return failure;
}

std::string ExperimentOf(const JobRow& job) {
  std::string experiment;
  int64_t number = 0;
  SplitRunId(job.target_id, &experiment, &number);
  return experiment;
}

}  // namespace

void Lifecycle::NoteChange(const JobRow& job, Effects& effects) {
  effects.changed.insert(job.target_id);
  if (job.kind == JobKind::kRun) effects.changed.insert(ExperimentOf(job));
}

void Lifecycle::NoteHandOver(const JobRow& job) {
  NoteChange(job, effects_);
  effects_.changed.insert(kRunnersTopic);
}

absl::Status Lifecycle::Start(JobRow& job, absl::string_view runner, absl::string_view session) {
  ROXLAB_RETURN_IF_ERROR(
      JobTable(connection_).Lease(job, runner, session, options_.now_ms + options_.lease_ms));
  ExperimentTable experiments(connection_);
  NoteHandOver(job);
  if (job.kind == JobKind::kBuild) {
    ROXLAB_RETURN_IF_ERROR(
        BuildTable(connection_).MarkStarted(job.target, runner, options_.now_ms));
    return experiments.MarkStartedByBuild(job.target);
  }
  ROXLAB_RETURN_IF_ERROR(
      RunTable(connection_).MarkStarted(job.target, runner, job.attempts, options_.now_ms));
  return experiments.MarkStartedByRun(job.target);
}

absl::Status Lifecycle::Requeue(const JobRow& job, int64_t attempts, int64_t not_before_ms) {
  NoteHandOver(job);
  effects_.ended.insert(job.target_id);
  effects_.queue = true;
  ROXLAB_RETURN_IF_ERROR(JobTable(connection_).Release(job.seq, attempts, not_before_ms));
  return job.kind == JobKind::kBuild ? BuildTable(connection_).MarkQueued(job.target)
                                     : RunTable(connection_).MarkQueued(job.target);
}

absl::Status Lifecycle::GiveBack(const JobRow& job) {
  // Not at once: a runner that cannot even begin would be given the job again and again.
  return Requeue(job, job.attempts - 1, options_.now_ms + kGivenBackPauseMs);
}

absl::Status Lifecycle::Lose(const JobRow& job, absl::string_view reason) {
  if (job.attempts < options_.max_attempts) return Requeue(job, job.attempts, 0);
  Ending ending{v1::ERROR,
                MakeFailure("infrastructure", absl::StrCat(reason, " (attempt ", job.attempts,
                                                           " of ", options_.max_attempts, ")"))};
  return job.kind == JobKind::kBuild ? EndBuild(job, ending, {}) : EndRun(job, ending, {});
}

absl::Status Lifecycle::Finish(const JobRow& job, const v1::FinishJobRequest& result) {
  Ending ending{result.verdict(), result.failure(), job.lease};
  ROXLAB_RETURN_IF_ERROR(JobTable(connection_).NoteResult(job));
  if (job.kind == JobKind::kBuild) {
    ROXLAB_ASSIGN_OR_RETURN(ending, CheckBase(job, ending, result));
  }
  // A board's troubles are its own, and its keeper's.
  if (!BoardOf(job.needs).has_value()) {
    ROXLAB_ASSIGN_OR_RETURN(const bool changed,
                            RunnerHealth(connection_, options_.now_ms)
                                .NoteEnd(job.runner, ending.verdict, ending.failure.summary()));
    if (changed) effects_.changed.insert(kRunnersTopic);
  }
  if (ending.verdict == v1::ERROR && job.attempts < options_.max_attempts)
    return Requeue(job, job.attempts, options_.now_ms + BackoffMs(job.attempts));
  return job.kind == JobKind::kBuild ? EndBuild(job, ending, result) : EndRun(job, ending, result);
}

absl::StatusOr<Ending> Lifecycle::CheckBase(const JobRow& job, const Ending& ending,
                                            const v1::FinishJobRequest& result) {
  if (result.base_tree().empty()) return ending;
  ROXLAB_ASSIGN_OR_RETURN(
      PinnedBase pin,
      BaseTable(connection_).Pin(job.base, result.base_tree(), job.runner, options_.now_ms));
  if (pin.tree == result.base_tree()) return ending;
  return Ending{
      v1::ERROR,
      MakeFailure("base", absl::StrCat("runner ", job.runner, " has ", job.base, " as tree ",
                                       result.base_tree(), ", the lab knows it as tree ", pin.tree,
                                       " (first imported by ", pin.runner,
                                       "): import the same sources there, or give the base "
                                       "another name")),
      ending.lease};
}

absl::Status Lifecycle::EndBuild(const JobRow& job, const Ending& ending,
                                 const v1::FinishJobRequest& result) {
  NoteHandOver(job);
  effects_.ended.insert(job.target_id);
  effects_.queue = true;
  ROXLAB_RETURN_IF_ERROR(JobTable(connection_).Remove(job.seq));
  ROXLAB_RETURN_IF_ERROR(
      BuildTable(connection_)
          .Finish(job.target, ending, result.base_tree(), result.compiler(), options_.now_ms));
  ROXLAB_RETURN_IF_ERROR(ArtifactTable(connection_)
                             .SetOutputs(ArtifactTable::Owner::kBuild, job.target,
                                         result.artifacts(), options_.now_ms));
  return ReleaseRunsOf(job.target);
}

absl::Status Lifecycle::ReleaseRunsOf(int64_t seq) {
  ROXLAB_ASSIGN_OR_RETURN(const StoredBuild stored, BuildTable(connection_).Get(seq));
  const v1::Build& build = stored.build;
  if (build.state() != v1::DONE) return absl::OkStatus();
  effects_.queue = true;
  if (build.verdict() == v1::PASS) return JobTable(connection_).QueueRunsOf(seq, options_.now_ms);
  ExperimentTable experiments(connection_);
  ROXLAB_ASSIGN_OR_RETURN(std::vector<StoredExperiment> open, experiments.OpenOfBuild(seq));
  const bool fail = build.verdict() == v1::FAIL;
  const Ending ending{build.verdict(), MakeFailure(fail ? "dependency" : build.failure().kind(),
                                                   absl::StrCat("build ", build.id().substr(0, 12),
                                                                ": ", build.failure().kind(), ": ",
                                                                build.failure().summary()),
                                                   build.failure().excerpt())};
  ROXLAB_RETURN_IF_ERROR(RunTable(connection_).FinishOfBuild(seq, ending, options_.now_ms));
  for (const StoredExperiment& experiment : open) {
    effects_.changed.insert(experiment.experiment.id());
    ROXLAB_ASSIGN_OR_RETURN(bool complete, experiments.IsUnjudged(experiment.seq));
    if (complete) effects_.complete.insert(experiment.seq);
  }
  return absl::OkStatus();
}

absl::Status Lifecycle::EndRun(const JobRow& job, const Ending& ending,
                               const v1::FinishJobRequest& result) {
  NoteHandOver(job);
  effects_.ended.insert(job.target_id);
  effects_.queue = true;
  ROXLAB_RETURN_IF_ERROR(JobTable(connection_).Remove(job.seq));
  ROXLAB_RETURN_IF_ERROR(RunTable(connection_).Finish(job.target, ending, result, options_.now_ms));
  ROXLAB_RETURN_IF_ERROR(
      ArtifactTable(connection_)
          .SetOutputs(ArtifactTable::Owner::kRun, job.target, result.artifacts(), options_.now_ms));
  ROXLAB_RETURN_IF_ERROR(
      SnapshotTable(connection_).Set(job.target, result.snapshots(), options_.now_ms));
  ROXLAB_RETURN_IF_ERROR(TestTable(connection_).Set(job.target, result.tests()));
  ExperimentTable experiments(connection_);
  ROXLAB_ASSIGN_OR_RETURN(int64_t experiment, experiments.KeyOf(ExperimentOf(job)));
  ROXLAB_ASSIGN_OR_RETURN(bool complete, experiments.IsUnjudged(experiment));
  if (complete) effects_.complete.insert(experiment);
  return absl::OkStatus();
}

absl::Status Lifecycle::CancelJob(const JobRow& job) {
  NoteHandOver(job);
  effects_.ended.insert(job.target_id);
  if (job.leased) effects_.runners.insert(job.runner);
  return JobTable(connection_).Remove(job.seq);
}

absl::StatusOr<int> Lifecycle::Cancel(int64_t experiment) {
  JobTable jobs(connection_);
  BuildTable builds(connection_);
  const Ending cancelled{v1::CANCELLED, {}};
  ROXLAB_ASSIGN_OR_RETURN(const std::vector<std::string> ids,
                          RunTable(connection_).UnfinishedOf(experiment));
  effects_.changed.insert(ids.begin(), ids.end());
  ROXLAB_ASSIGN_OR_RETURN(std::vector<JobRow> runs, jobs.OfExperiment(experiment));
  for (const JobRow& job : runs) ROXLAB_RETURN_IF_ERROR(CancelJob(job));
  ROXLAB_ASSIGN_OR_RETURN(std::vector<StoredBuild> lonely, builds.OnlyFor(experiment));
  for (const StoredBuild& build : lonely) {
    ROXLAB_ASSIGN_OR_RETURN(std::optional<JobRow> job, jobs.Of(JobKind::kBuild, build.seq));
    if (job.has_value()) ROXLAB_RETURN_IF_ERROR(CancelJob(*job));
    ROXLAB_RETURN_IF_ERROR(builds.Finish(build.seq, cancelled, "", "", options_.now_ms));
  }
  ROXLAB_ASSIGN_OR_RETURN(
      int count, RunTable(connection_).FinishOfExperiment(experiment, cancelled, options_.now_ms));
  effects_.queue = true;
  return count + static_cast<int>(lonely.size());
}

}  // namespace roxlab
