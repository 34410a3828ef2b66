// SPDX-License-Identifier: Apache-2.0
#include "server/lab/queries.h"

#include <set>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/names.h"
#include "common/status_macros.h"
#include "db/boards.h"
#include "db/builds.h"
#include "db/experiments.h"
#include "db/jobs.h"
#include "db/runners.h"
#include "db/runs.h"
#include "db/snapshots.h"
#include "db/tests.h"
#include "server/lab/dispatcher.h"
#include "server/lab/event_hub.h"
#include "server/lab/lab.h"

namespace roxlab {
namespace {

constexpr int kMostWatched = 1000;

// The whole id of a run: EXPERIMENT-NUMBER, where EXPERIMENT may be shortened.
absl::StatusOr<std::string> ResolveRun(Connection& connection, absl::string_view id) {
  std::string experiment;
  int64_t number = 0;
  if (!SplitRunId(id, &experiment, &number))
    return absl::NotFoundError(absl::StrCat("no run '", id, "'"));
  ROXLAB_ASSIGN_OR_RETURN(experiment, ExperimentTable(connection).Resolve(experiment));
  return absl::StrCat(experiment, "-", number);
}

absl::Status AddTopics(Connection& connection, const std::string& id,
                       std::set<std::string>* topics) {
  if (id == kRunnersTopic) {
    topics->insert(id);
    return absl::OkStatus();
  }
  std::string experiment;
  int64_t number = 0;
  if (SplitRunId(id, &experiment, &number)) {
    ROXLAB_ASSIGN_OR_RETURN(const std::string run, ResolveRun(connection, id));
    ROXLAB_ASSIGN_OR_RETURN(const StoredRun stored, RunTable(connection).Get(run));
    // A build that fails ends its runs.
    topics->insert({run, stored.run.build()});
    return absl::OkStatus();
  }
  BuildTable builds(connection);
  const absl::StatusOr<StoredExperiment> stored = ExperimentTable(connection).Get(id);
  if (stored.ok()) {
    topics->insert(stored->experiment.id());
    ROXLAB_ASSIGN_OR_RETURN(const std::vector<std::string> its,
                            builds.IdsOfExperiment(stored->seq));
    topics->insert(its.begin(), its.end());
    return absl::OkStatus();
  }
  if (!absl::IsNotFound(stored.status())) return stored.status();
  const absl::StatusOr<std::string> build = builds.Resolve(id);
  if (absl::IsNotFound(build.status()))
    return absl::NotFoundError(absl::StrCat("no experiment, run or build '", id, "'"));
  ROXLAB_RETURN_IF_ERROR(build.status());
  topics->insert(*build);
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<v1::GetExperimentResponse> GetExperiment(Lab& lab, absl::string_view id) {
  v1::GetExperimentResponse response;
  ROXLAB_RETURN_IF_ERROR(lab.db().Read([&](Connection& connection) -> absl::Status {
    ROXLAB_ASSIGN_OR_RETURN(StoredExperiment stored, ExperimentTable(connection).Get(id));
    ROXLAB_ASSIGN_OR_RETURN(std::vector<v1::Build> builds,
                            BuildTable(connection).OfExperiment(stored.seq));
    ROXLAB_ASSIGN_OR_RETURN(std::vector<StoredRun> runs,
                            RunTable(connection).OfExperiment(stored.seq));
    *response.mutable_experiment() = std::move(stored.experiment);
    for (v1::Build& build : builds) *response.add_builds() = std::move(build);
    for (StoredRun& run : runs) *response.add_runs() = std::move(run.run);
    return absl::OkStatus();
  }));
  for (v1::Build& build : *response.mutable_builds()) lab.progress().AddTo(build);
  for (v1::Run& run : *response.mutable_runs()) lab.progress().AddTo(run);
  return response;
}

absl::StatusOr<v1::Run> GetRun(Lab& lab, absl::string_view id) {
  StoredRun stored;
  ROXLAB_RETURN_IF_ERROR(lab.db().Read([&](Connection& connection) -> absl::Status {
    ROXLAB_ASSIGN_OR_RETURN(const std::string whole, ResolveRun(connection, id));
    ROXLAB_ASSIGN_OR_RETURN(stored, RunTable(connection).Get(whole));
    ROXLAB_ASSIGN_OR_RETURN(*stored.run.mutable_snapshots(),
                            SnapshotTable(connection).Of(stored.seq));
    ROXLAB_ASSIGN_OR_RETURN(*stored.run.mutable_tests(), TestTable(connection).Of(stored.seq));
    return absl::OkStatus();
  }));
  lab.progress().AddTo(stored.run);
  return std::move(stored.run);
}

absl::StatusOr<v1::Build> GetBuild(Lab& lab, absl::string_view id) {
  StoredBuild stored;
  ROXLAB_RETURN_IF_ERROR(lab.db().Read([&](Connection& connection) -> absl::Status {
    BuildTable builds(connection);
    ROXLAB_ASSIGN_OR_RETURN(const std::string whole, builds.Resolve(id));
    ROXLAB_ASSIGN_OR_RETURN(stored, builds.Get(whole));
    return absl::OkStatus();
  }));
  lab.progress().AddTo(stored.build);
  return std::move(stored.build);
}

absl::StatusOr<v1::ListRunnersResponse> ListRunners(Lab& lab) {
  v1::ListRunnersResponse response;
  for (v1::Runner& runner : lab.dispatcher().Runners()) *response.add_runners() = std::move(runner);
  ROXLAB_RETURN_IF_ERROR(lab.db().Read([&](Connection& connection) -> absl::Status {
    for (v1::Runner& runner : *response.mutable_runners()) {
      ROXLAB_ASSIGN_OR_RETURN(RunnerStanding standing,
                              RunnerStandings(connection).Of(runner.name()));
      runner.set_state(standing.state);
      runner.set_reason(std::move(standing.reason));
      runner.set_since_ms(standing.since_ms);
      ROXLAB_ASSIGN_OR_RETURN(std::vector<JobRow> jobs,
                              JobTable(connection).LeasedTo(runner.name()));
      for (const JobRow& job : jobs) runner.add_jobs(job.target_id);
    }
    return absl::OkStatus();
  }));
  return response;
}

absl::StatusOr<v1::ListBoardsResponse> ListBoards(Lab& lab) {
  const std::set<std::string> online = lab.dispatcher().OnlineRunners();
  v1::ListBoardsResponse response;
  ROXLAB_RETURN_IF_ERROR(lab.db().Read([&](Connection& connection) -> absl::Status {
    ROXLAB_ASSIGN_OR_RETURN(std::vector<v1::BoardRecord> boards, BoardTable(connection).All());
    std::set<std::string> runners;
    for (const v1::BoardRecord& board : boards) runners.insert(board.runner());
    std::map<std::string, std::string> busy;  // The run, by what it needs.
    for (const std::string& runner : runners) {
      ROXLAB_ASSIGN_OR_RETURN(std::vector<JobRow> jobs, JobTable(connection).LeasedTo(runner));
      for (const JobRow& job : jobs) busy[job.needs] = job.target_id;
    }
    for (v1::BoardRecord& board : boards) {
      board.set_online(online.contains(board.runner()));
      const auto job = busy.find(BoardTag(board.machine().name()));
      if (job != busy.end()) board.set_run(job->second);
      *response.add_boards() = std::move(board);
    }
    return absl::OkStatus();
  }));
  return response;
}

absl::StatusOr<v1::Catalog> WholeCatalog(Lab& lab) {
  ROXLAB_ASSIGN_OR_RETURN(v1::Catalog catalog, lab.catalog());
  std::set<std::string> names;
  for (const v1::Machine& machine : catalog.machines()) names.insert(machine.name());
  ROXLAB_RETURN_IF_ERROR(lab.db().Read([&](Connection& connection) -> absl::Status {
    ROXLAB_ASSIGN_OR_RETURN(std::vector<v1::BoardRecord> boards, BoardTable(connection).All());
    for (v1::BoardRecord& board : boards)
      if (!names.contains(board.machine().name()))
        *catalog.add_machines() = std::move(*board.mutable_machine());
    return absl::OkStatus();
  }));
  return catalog;
}

absl::StatusOr<v1::Catalog> GetCatalog(Lab& lab) {
  ROXLAB_ASSIGN_OR_RETURN(v1::Catalog catalog, WholeCatalog(lab));
  for (v1::Series& series : *catalog.mutable_series()) {
    for (v1::Patch& patch : *series.mutable_patches()) patch.clear_content();
  }
  for (v1::ConfigFragment& config : *catalog.mutable_configs()) config.clear_content();
  return catalog;
}

absl::StatusOr<std::set<std::string>> TopicsOf(
    Lab& lab, const google::protobuf::RepeatedPtrField<std::string>& ids) {
  if (ids.size() > kMostWatched)
    return absl::InvalidArgumentError(absl::StrCat("ids: more than ", kMostWatched));
  std::set<std::string> topics;
  if (ids.empty()) topics.insert(kEverythingTopic);
  ROXLAB_RETURN_IF_ERROR(lab.db().Read([&](Connection& connection) -> absl::Status {
    for (const std::string& id : ids) ROXLAB_RETURN_IF_ERROR(AddTopics(connection, id, &topics));
    return absl::OkStatus();
  }));
  return topics;
}

absl::StatusOr<std::string> ResolveTarget(Lab& lab, absl::string_view id) {
  std::string whole;
  ROXLAB_RETURN_IF_ERROR(lab.db().Read([&](Connection& connection) -> absl::Status {
    std::string experiment;
    int64_t number = 0;
    if (!SplitRunId(id, &experiment, &number)) {
      ROXLAB_ASSIGN_OR_RETURN(whole, BuildTable(connection).Resolve(id));
      return absl::OkStatus();
    }
    ROXLAB_ASSIGN_OR_RETURN(whole, ResolveRun(connection, id));
    return RunTable(connection).Get(whole).status();
  }));
  return whole;
}

}  // namespace roxlab
