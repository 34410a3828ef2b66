// SPDX-License-Identifier: Apache-2.0
#include "server/lab/round.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/names.h"
#include "common/status_macros.h"
#include "server/lab/compose.h"
#include "server/lab/dispatcher.h"
#include "server/lab/event_hub.h"
#include "server/lab/lab.h"
#include "server/lab/runner_health.h"

namespace roxlab {
namespace {

// What all jobs of a class have in common.
ReadyJob Like(const JobClass& job_class) {
  ReadyJob job;
  job.run = job_class.kind == JobKind::kRun;
  job.memory_mib = job_class.memory_mib;
  job.submitter = job_class.submitter;
  if (std::optional<std::string> board = BoardOf(job_class.needs))
    job.board = *std::move(board);
  else
    job.needs = absl::StrSplit(job_class.needs, ',', absl::SkipEmpty());
  return job;
}

uint32_t Less(uint32_t all, uint32_t taken) { return all - std::min(all, taken); }

}  // namespace

absl::Status DispatchRound::Run(Connection& connection,
                                const std::vector<RunnerTable::View>& runners,
                                const std::set<std::string>& online) {
  ROXLAB_RETURN_IF_ERROR(boards_.Load(connection, online));
  ROXLAB_ASSIGN_OR_RETURN(standings_, RunnerStandings(connection).All());
  for (const RunnerTable::View& runner : runners) {
    bool changed = runner.changed;
    if (runner.arrived) {
      ROXLAB_ASSIGN_OR_RETURN(const bool boards,
                              boards_.Note(connection, *runner.said, options_.now_ms));
      changed = changed || boards;
    }
    ROXLAB_ASSIGN_OR_RETURN(const bool healed, Attend(connection, runner));
    if (changed || healed) effects_.changed.insert(kRunnersTopic);
    if (runner.arrived || runner.poked) ROXLAB_RETURN_IF_ERROR(Reconcile(connection, runner));
  }
  ROXLAB_RETURN_IF_ERROR(TakeBackExpired(connection));
  return Assign(connection, runners);
}

absl::StatusOr<bool> DispatchRound::Attend(Connection& connection,
                                           const RunnerTable::View& runner) {
  const auto standing = standings_.find(runner.name);
  if (standing == standings_.end() || standing->second.state != v1::RUNNER_QUARANTINED)
    return false;
  RunnerHealth health(connection, options_.now_ms);
  bool changed = false;
  if (runner.arrived && runner.said->has_check()) {
    ROXLAB_ASSIGN_OR_RETURN(changed, health.NoteCheck(runner.name, runner.said->check()));
    if (changed) {
      ROXLAB_ASSIGN_OR_RETURN(standing->second, RunnerStandings(connection).Of(runner.name));
    }
  }
  if (runner.ticket != 0) {
    ROXLAB_ASSIGN_OR_RETURN(const int64_t check, health.TakeDueCheck(runner.name));
    if (check != 0) AnswerTo(runner.name).set_check(check);
  }
  return changed;
}

bool DispatchRound::IsReady(const std::string& runner) const {
  const auto standing = standings_.find(runner);
  return standing == standings_.end() || standing->second.state == v1::RUNNER_READY;
}

v1::SynchronizeResponse& DispatchRound::AnswerTo(const std::string& runner) {
  v1::SynchronizeResponse& answer = answers_[runner];
  answer.set_lease_ms(static_cast<uint32_t>(options_.lease_ms));
  return answer;
}

absl::Status DispatchRound::Reconcile(Connection& connection, const RunnerTable::View& runner) {
  JobTable jobs(connection);
  Lifecycle lifecycle(connection, options_, effects_);
  ROXLAB_ASSIGN_OR_RETURN(std::vector<JobRow> held, jobs.LeasedTo(runner.name));
  std::map<std::string, const v1::Progress*> named;
  for (const v1::JobStatus& job : runner.said->jobs()) named[job.job()] = &job.progress();

  for (const JobRow& job : held) {
    auto found = named.find(job.id());
    if (job.session != runner.said->session()) {
      ROXLAB_RETURN_IF_ERROR(
          lifecycle.Lose(job, absl::StrCat("runner ", runner.name, " was started anew")));
      continue;
    }
    if (found == named.end()) {
      // Only what it says in a new call counts: a job given since its last one is not in there.
      if (runner.arrived) ROXLAB_RETURN_IF_ERROR(lifecycle.GiveBack(job));
      continue;
    }
    const int64_t expires = options_.now_ms + options_.lease_ms;
    // A lease that has nearly all its time left is not worth a write.
    if (runner.arrived && expires - job.lease_expires_ms > options_.lease_ms / 8)
      ROXLAB_RETURN_IF_ERROR(jobs.Extend(job.seq, expires));
    if (!found->second->stage().empty() && lab_.progress().Set(job.target_id, *found->second))
      Lifecycle::NoteChange(job, effects_);
    named.erase(found);
  }
  for (const auto& [id, progress] : named) {
    std::string target;
    int64_t lease = 0;
    if (SplitJobId(id, &target, &lease)) {
      ROXLAB_ASSIGN_OR_RETURN(std::optional<LeaseRecord> record, jobs.Leases(target));
      // Its result is here; it just has not heard so yet.
      if (record.has_value() && record->with_result == lease) continue;
    }
    AnswerTo(runner.name).add_drop(id);
  }
  return absl::OkStatus();
}

absl::Status DispatchRound::TakeBackExpired(Connection& connection) {
  ROXLAB_ASSIGN_OR_RETURN(std::vector<JobRow> expired,
                          JobTable(connection).Expired(options_.now_ms));
  Lifecycle lifecycle(connection, options_, effects_);
  for (const JobRow& job : expired) {
    ROXLAB_RETURN_IF_ERROR(lifecycle.Lose(
        job,
        absl::StrCat("runner ", job.runner, " was not heard of for ", options_.lease_ms, " ms")));
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<IdleRunner>> DispatchRound::Idle(
    Connection& connection, const std::vector<RunnerTable::View>& runners) {
  using Held = std::map<std::string, HeldJobs>;
  ROXLAB_ASSIGN_OR_RETURN(Held all_held, JobTable(connection).HeldByRunner());
  std::vector<IdleRunner> idle;
  for (const RunnerTable::View& runner : runners) {
    if (runner.ticket == 0 || !IsReady(runner.name)) continue;
    const v1::SynchronizeRequest& said = *runner.said;
    const HeldJobs& held = all_held[runner.name];
    IdleRunner state;
    state.name = runner.name;
    state.build_slots = Less(said.build_slots(), held.builds);
    state.run_slots = Less(said.run_slots(), held.runs);
    const uint32_t memory = said.run_memory_mib();
    state.memory_mib = Less(memory == 0 ? UINT32_MAX : memory, held.memory_mib);
    state.boards = boards_.Free(said);
    for (const std::string& board : held.boards) state.boards.erase(board);
    if (state.build_slots + state.run_slots + state.boards.size() == 0) continue;
    state.tags.insert(said.tags().begin(), said.tags().end());
    state.warm_builds.insert(said.warm_builds().begin(), said.warm_builds().end());
    for (const v1::ImportedBase& base : said.bases()) {
      auto pin = pins_.find(base.name());
      const bool odd = pin != pins_.end() && pin->second.tree != base.tree();
      (odd ? state.odd_bases : state.warm_bases).insert(base.name());
    }
    idle.push_back(std::move(state));
  }
  return idle;
}

absl::StatusOr<std::map<int64_t, JobRow>> DispatchRound::Ready(
    Connection& connection, const std::vector<IdleRunner>& idle) {
  JobTable jobs(connection);
  std::map<int64_t, JobRow> ready;
  ROXLAB_ASSIGN_OR_RETURN(std::vector<JobClass> classes, jobs.ReadyClasses(options_.now_ms));
  for (const JobClass& job_class : classes) {
    const ReadyJob like = Like(job_class);
    uint32_t room = 0;  // No more of the class can start now.
    for (const IdleRunner& runner : idle) room += Room(runner, like);
    if (room == 0) continue;
    ROXLAB_ASSIGN_OR_RETURN(
        std::vector<JobRow> rows,
        jobs.Ready(job_class, options_.now_ms, static_cast<int>(std::min(room, 1000u))));
    for (JobRow& row : rows) ready.emplace(row.seq, std::move(row));
  }
  return ready;
}

absl::Status DispatchRound::Assign(Connection& connection,
                                   const std::vector<RunnerTable::View>& runners) {
  ROXLAB_ASSIGN_OR_RETURN(pins_, BaseTable(connection).All());
  ROXLAB_ASSIGN_OR_RETURN(std::vector<IdleRunner> idle, Idle(connection, runners));
  if (idle.empty()) return absl::OkStatus();
  using Jobs = std::map<int64_t, JobRow>;
  ROXLAB_ASSIGN_OR_RETURN(Jobs ready, Ready(connection, idle));
  if (ready.empty()) return absl::OkStatus();
  using Classes = std::map<JobClass, uint32_t>;
  ROXLAB_ASSIGN_OR_RETURN(const Classes busy, JobTable(connection).UnderWay());
  Shares under_way;
  for (const auto& [job_class, count] : busy)
    under_way[{Like(job_class).lane(), job_class.submitter}] += count;
  std::vector<ReadyJob> jobs;
  for (const auto& [seq, row] : ready) {
    ReadyJob& job = jobs.emplace_back(Like({row.kind, row.needs, row.memory_mib, row.submitter}));
    job.key = seq;
    job.priority = row.priority;
    job.waited_ms = options_.now_ms - row.queued_ms;
    job.base = row.base;
    job.build = row.build_id;
  }
  for (const Assignment& assignment : Schedule(jobs, std::move(idle), std::move(under_way))) {
    auto runner = std::find_if(runners.begin(), runners.end(),
                               [&](const auto& view) { return view.name == assignment.runner; });
    ROXLAB_RETURN_IF_ERROR(Give(connection, ready.at(assignment.job), *runner));
  }
  return absl::OkStatus();
}

absl::Status DispatchRound::Give(Connection& connection, JobRow& job,
                                 const RunnerTable::View& runner) {
  Lifecycle lifecycle(connection, options_, effects_);
  ROXLAB_RETURN_IF_ERROR(lifecycle.Start(job, runner.name, runner.said->session()));
  absl::StatusOr<v1::Job> work = ComposeJob(connection, lab_.store(), job, pins_);
  if (work.ok()) {
    *AnswerTo(runner.name).add_jobs() = *std::move(work);
    return absl::OkStatus();
  }
  v1::FinishJobRequest result;
  result.set_verdict(v1::ERROR);
  result.mutable_failure()->set_kind("infrastructure");
  result.mutable_failure()->set_summary(std::string(work.status().message()));
  return lifecycle.Finish(job, result);
}

}  // namespace roxlab
