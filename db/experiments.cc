// SPDX-License-Identifier: Apache-2.0
#include "db/experiments.h"

#include "absl/strings/str_cat.h"
#include "common/status_macros.h"
#include "db/builds.h"
#include "db/query.h"
#include "db/runs.h"

namespace roxlab {
namespace {

#define ROXLAB_EXPERIMENT_COLUMNS                                                       \
  "SELECT seq, id, name, title, submitter, spec, state, verdict, summary, created_ms, " \
  "finished_ms, builds_tally, runs_tally FROM experiments "

StoredExperiment Row(Query& query) {
  StoredExperiment stored;
  stored.seq = query.Int(0);
  v1::Experiment& experiment = stored.experiment;
  experiment.set_id(query.Text(1));
  experiment.set_name(query.Text(2));
  experiment.set_title(query.Text(3));
  experiment.set_submitter(query.Text(4));
  experiment.mutable_spec()->ParseFromString(query.Text(5));
  experiment.set_state(static_cast<v1::State>(query.Int(6)));
  experiment.set_verdict(static_cast<v1::Verdict>(query.Int(7)));
  experiment.set_summary(query.Text(8));
  experiment.set_created_ms(query.Int(9));
  experiment.set_finished_ms(query.Int(10));
  if (!query.IsNull(11)) experiment.mutable_builds()->ParseFromString(query.Text(11));
  if (!query.IsNull(12)) experiment.mutable_runs()->ParseFromString(query.Text(12));
  return stored;
}

}  // namespace

absl::StatusOr<int64_t> ExperimentTable::Insert(const v1::Experiment& experiment,
                                                absl::string_view request_id) {
  return Try("experiments", [&] {
    const std::string spec = experiment.spec().SerializeAsString();
    return Query(connection_,
                 "INSERT INTO experiments (id, request_id, name, title, submitter, spec, state, "
                 "created_ms, priority) VALUES (?, nullif(?, ''), ?, ?, ?, ?, ?, ?, ?)",
                 experiment.id(), request_id, experiment.name(), experiment.title(),
                 experiment.submitter(), Blob{spec}, v1::QUEUED, experiment.created_ms(),
                 experiment.spec().priority())
        .Insert();
  });
}

absl::Status ExperimentTable::ReadTallies(StoredExperiment& stored) {
  if (stored.experiment.has_runs()) return absl::OkStatus();
  ROXLAB_ASSIGN_OR_RETURN(*stored.experiment.mutable_builds(),
                          BuildTable(connection_).TallyOf(stored.seq));
  ROXLAB_ASSIGN_OR_RETURN(*stored.experiment.mutable_runs(),
                          RunTable(connection_).TallyOf(stored.seq));
  return absl::OkStatus();
}

absl::StatusOr<StoredExperiment> ExperimentTable::Get(int64_t seq) {
  return Try("experiments", [&]() -> absl::StatusOr<StoredExperiment> {
    Query query(connection_, ROXLAB_EXPERIMENT_COLUMNS "WHERE seq = ?", seq);
    if (!query.Next()) return absl::NotFoundError(absl::StrCat("no experiment number ", seq));
    StoredExperiment stored = Row(query);
    ROXLAB_RETURN_IF_ERROR(ReadTallies(stored));
    return stored;
  });
}

absl::StatusOr<int64_t> ExperimentTable::KeyOf(absl::string_view id) {
  return Try("experiments", [&]() -> absl::StatusOr<int64_t> {
    Query query(connection_, "SELECT seq FROM experiments WHERE id = ?", id);
    if (!query.Next()) return absl::NotFoundError(absl::StrCat("no experiment '", id, "'"));
    return query.Int(0);
  });
}

absl::StatusOr<std::string> ExperimentTable::Resolve(absl::string_view prefix) {
  return Try("experiments", [&]() -> absl::StatusOr<std::string> {
    // Ids are lower-case hex, so 'g' comes after every continuation.
    Query query(connection_,
                "SELECT id FROM experiments WHERE id >= ? AND id < ? ORDER BY id LIMIT 2", prefix,
                absl::StrCat(prefix, "g"));
    if (prefix.empty() || !query.Next())
      return absl::NotFoundError(absl::StrCat("no experiment '", prefix, "'"));
    std::string id = query.Text(0);
    if (id != prefix && query.Next())
      return absl::InvalidArgumentError(
          absl::StrCat("several experiments start with '", prefix, "'; give more digits"));
    return id;
  });
}

absl::StatusOr<StoredExperiment> ExperimentTable::Get(absl::string_view prefix) {
  ROXLAB_ASSIGN_OR_RETURN(std::string id, Resolve(prefix));
  return Try("experiments", [&]() -> absl::StatusOr<StoredExperiment> {
    Query query(connection_, ROXLAB_EXPERIMENT_COLUMNS "WHERE id = ?", id);
    query.Next();
    StoredExperiment stored = Row(query);
    ROXLAB_RETURN_IF_ERROR(ReadTallies(stored));
    return stored;
  });
}

absl::StatusOr<std::optional<StoredExperiment>> ExperimentTable::FindByRequest(
    absl::string_view request_id) {
  return Try("experiments", [&]() -> absl::StatusOr<std::optional<StoredExperiment>> {
    Query query(connection_, ROXLAB_EXPERIMENT_COLUMNS "WHERE request_id = ?", request_id);
    if (request_id.empty() || !query.Next()) return std::nullopt;
    StoredExperiment stored = Row(query);
    ROXLAB_RETURN_IF_ERROR(ReadTallies(stored));
    return stored;
  });
}

absl::Status ExperimentTable::MarkStartedByBuild(int64_t build) {
  return Try("experiments", [&] {
    Query(connection_,
          "UPDATE experiments SET state = ? WHERE state = ? AND seq IN "
          "(SELECT experiment FROM runs WHERE build = ? AND state < 3)",
          v1::RUNNING, v1::QUEUED, build)
        .Run();
  });
}

absl::Status ExperimentTable::MarkStartedByRun(int64_t run) {
  return Try("experiments", [&] {
    Query(connection_,
          "UPDATE experiments SET state = ? WHERE state = ? AND seq = "
          "(SELECT experiment FROM runs WHERE seq = ?)",
          v1::RUNNING, v1::QUEUED, run)
        .Run();
  });
}

absl::StatusOr<std::vector<StoredExperiment>> ExperimentTable::OpenOfBuild(int64_t build) {
  return Try("experiments", [&] {
    Query query(connection_,
                ROXLAB_EXPERIMENT_COLUMNS
                "WHERE seq IN (SELECT experiment FROM runs WHERE build = ? AND state < 3)",
                build);
    std::vector<StoredExperiment> open;
    while (query.Next()) open.push_back(Row(query));
    return open;
  });
}

absl::StatusOr<std::vector<int64_t>> ExperimentTable::Unjudged() {
  return Try("experiments", [&] {
    Query query(connection_,
                "SELECT seq FROM experiments e WHERE state < 3 AND NOT EXISTS "
                "(SELECT 1 FROM runs WHERE experiment = e.seq AND state < 3)");
    std::vector<int64_t> all;
    while (query.Next()) all.push_back(query.Int(0));
    return all;
  });
}

absl::StatusOr<bool> ExperimentTable::IsUnjudged(int64_t seq) {
  return Try("experiments", [&] {
    return Query(connection_,
                 "SELECT 1 FROM experiments WHERE seq = ? AND state < 3 AND NOT EXISTS "
                 "(SELECT 1 FROM runs WHERE experiment = ? AND state < 3)",
                 seq, seq)
        .Next();
  });
}

absl::Status ExperimentTable::SetSummary(int64_t seq, absl::string_view summary) {
  return Try("experiments", [&] {
    Query(connection_, "UPDATE experiments SET summary = ? WHERE seq = ? AND state < 3", summary,
          seq)
        .Run();
  });
}

absl::Status ExperimentTable::Finish(int64_t seq, v1::Verdict verdict, absl::string_view summary,
                                     int64_t now_ms) {
  ROXLAB_ASSIGN_OR_RETURN(const v1::Tally builds_tally, BuildTable(connection_).TallyOf(seq));
  ROXLAB_ASSIGN_OR_RETURN(const v1::Tally runs_tally, RunTable(connection_).TallyOf(seq));
  return Try("experiments", [&] {
    const std::string builds = builds_tally.SerializeAsString();
    const std::string runs = runs_tally.SerializeAsString();
    Query(connection_,
          "UPDATE experiments SET state = ?, verdict = ?, summary = ?, finished_ms = ?, "
          "builds_tally = ?, runs_tally = ? WHERE seq = ? AND state < 3",
          v1::DONE, verdict, summary, now_ms, Blob{builds}, Blob{runs}, seq)
        .Run();
  });
}

}  // namespace roxlab
