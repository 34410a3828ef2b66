// SPDX-License-Identifier: Apache-2.0
#include "db/runs.h"

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/status_macros.h"
#include "db/artifacts.h"
#include "db/query.h"
#include "db/tally.h"

namespace roxlab {
namespace {

#define ROXLAB_RUN_COLUMNS                                                                   \
  "SELECT r.seq, e.id, r.number, v.name, b.id, m.name, w.name, r.seed, r.state, r.verdict, " \
  "r.failure_kind, r.failure_summary, r.failure_excerpt, r.created_ms, r.started_ms, "       \
  "r.finished_ms, r.runner, r.attempts, r.argv FROM runs r "                                 \
  "JOIN experiments e ON e.seq = r.experiment JOIN variants v ON v.seq = r.variant "         \
  "JOIN builds b ON b.seq = r.build JOIN definitions m ON m.seq = r.machine "                \
  "JOIN definitions w ON w.seq = r.workload "

StoredRun Row(Query& query) {
  StoredRun stored;
  stored.seq = query.Int(0);
  v1::Run& run = stored.run;
  run.set_experiment(query.Text(1));
  run.set_id(absl::StrCat(query.Text(1), "-", query.Int(2)));
  run.set_variant(query.Text(3));
  run.set_build(query.Text(4));
  run.set_machine(query.Text(5));
  run.set_workload(query.Text(6));
  run.set_seed(static_cast<uint64_t>(query.Int(7)));
  run.set_state(static_cast<v1::State>(query.Int(8)));
  run.set_verdict(static_cast<v1::Verdict>(query.Int(9)));
  if (!query.Text(10).empty()) {
    run.mutable_failure()->set_kind(query.Text(10));
    run.mutable_failure()->set_summary(query.Text(11));
    run.mutable_failure()->set_excerpt(query.Text(12));
  }
  run.set_created_ms(query.Int(13));
  run.set_started_ms(query.Int(14));
  run.set_finished_ms(query.Int(15));
  run.set_runner(query.Text(16));
  run.set_attempts(static_cast<uint32_t>(query.Int(17)));
  return stored;
}

// argv in its column: every word ended by a zero byte, which no word can hold.
std::string JoinWords(const google::protobuf::RepeatedPtrField<std::string>& words) {
  std::string bytes;
  for (const std::string& word : words) bytes.append(word, 0, word.find('\0')).push_back('\0');
  return bytes;
}

}  // namespace

bool ParseNumber(absl::string_view text, int64_t* number) {
  return absl::SimpleAtoi(text, number) && absl::StrCat(*number) == text && *number > 0;
}

bool SplitRunId(absl::string_view id, std::string* experiment, int64_t* number) {
  const size_t dash = id.rfind('-');
  if (dash == absl::string_view::npos || dash == 0) return false;
  experiment->assign(id.data(), dash);
  return ParseNumber(id.substr(dash + 1), number);
}

absl::Status RunTable::Insert(const NewRun& run, int64_t now_ms) {
  return Try("runs", [&] {
    Query(connection_,
          "INSERT INTO runs (experiment, number, variant, build, machine, workload, seed, state, "
          "created_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
          run.experiment, run.number, run.variant, run.build, run.machine, run.workload, run.seed,
          v1::QUEUED, now_ms)
        .Run();
  });
}

absl::Status RunTable::InsertSeed(int64_t experiment, uint64_t seed, int64_t now_ms) {
  return Try("runs", [&] {
    Query(connection_,
          "INSERT INTO runs (experiment, number, variant, build, machine, workload, seed, state, "
          "created_ms) SELECT experiment, (SELECT max(number) FROM runs WHERE experiment = ?1) + "
          "row_number() OVER (ORDER BY number), variant, build, machine, workload, ?2, ?3, ?4 "
          "FROM runs WHERE experiment = ?1 AND seed = (SELECT seed FROM runs "
          "WHERE experiment = ?1 AND number = 1)",
          experiment, seed, v1::QUEUED, now_ms)
        .Run();
  });
}

absl::StatusOr<std::vector<int64_t>> RunTable::BuildsOf(int64_t experiment) {
  return Try("runs", [&] {
    Query query(connection_, "SELECT DISTINCT build FROM runs WHERE experiment = ?", experiment);
    std::vector<int64_t> builds;
    while (query.Next()) builds.push_back(query.Int(0));
    return builds;
  });
}

absl::StatusOr<StoredRun> RunTable::Get(absl::string_view id) {
  std::string experiment;
  int64_t number = 0;
  if (!SplitRunId(id, &experiment, &number))
    return absl::NotFoundError(absl::StrCat("no run '", id, "'"));
  return Try("runs", [&]() -> absl::StatusOr<StoredRun> {
    Query query(connection_, ROXLAB_RUN_COLUMNS "WHERE e.id = ? AND r.number = ?", experiment,
                number);
    if (!query.Next()) return absl::NotFoundError(absl::StrCat("no run '", id, "'"));
    StoredRun stored = Row(query);
    const std::string argv = query.Text(18);
    for (absl::string_view word : absl::StrSplit(argv, '\0'))
      stored.run.add_argv(word.data(), word.size());
    stored.run.mutable_argv()->RemoveLast();  // What is after the last zero: nothing.
    ROXLAB_ASSIGN_OR_RETURN(
        *stored.run.mutable_artifacts(),
        ArtifactTable(connection_).Outputs(ArtifactTable::Owner::kRun, stored.seq));
    return stored;
  });
}

absl::StatusOr<StoredRun> RunTable::Get(int64_t seq) {
  return Try("runs", [&]() -> absl::StatusOr<StoredRun> {
    Query query(connection_, ROXLAB_RUN_COLUMNS "WHERE r.seq = ?", seq);
    if (!query.Next()) return absl::NotFoundError(absl::StrCat("no run number ", seq));
    return Row(query);
  });
}

absl::StatusOr<std::vector<StoredRun>> RunTable::OfExperiment(int64_t experiment) {
  return Try("runs", [&] {
    Query query(connection_, ROXLAB_RUN_COLUMNS "WHERE r.experiment = ? ORDER BY r.number",
                experiment);
    std::vector<StoredRun> runs;
    while (query.Next()) runs.push_back(Row(query));
    return runs;
  });
}

absl::StatusOr<std::vector<std::string>> RunTable::UnfinishedOf(int64_t experiment) {
  return Try("runs", [&] {
    Query query(connection_,
                "SELECT e.id, r.number FROM runs r JOIN experiments e ON e.seq = r.experiment "
                "WHERE r.experiment = ? AND r.state < 3",
                experiment);
    std::vector<std::string> ids;
    while (query.Next()) ids.push_back(absl::StrCat(query.Text(0), "-", query.Int(1)));
    return ids;
  });
}

absl::StatusOr<v1::Tally> RunTable::TallyOf(int64_t experiment) {
  return Try("runs", [&] {
    Query query(connection_,
                "SELECT state, verdict, count(*) FROM runs WHERE experiment = ? "
                "GROUP BY state, verdict",
                experiment);
    return ReadTally(query);
  });
}

absl::StatusOr<v1::RunJob> RunTable::Work(int64_t seq) {
  return Try("runs", [&]() -> absl::StatusOr<v1::RunJob> {
    Query query(connection_,
                "SELECT e.id, r.number, b.id, m.spec, w.spec, r.seed, v.cmdline FROM runs r "
                "JOIN experiments e ON e.seq = r.experiment JOIN variants v ON v.seq = r.variant "
                "JOIN builds b ON b.seq = r.build JOIN definitions m ON m.seq = r.machine "
                "JOIN definitions w ON w.seq = r.workload WHERE r.seq = ?",
                seq);
    v1::RunJob job;
    if (!query.Next() || !job.mutable_machine()->ParseFromString(query.Text(3)) ||
        !job.mutable_workload()->ParseFromString(query.Text(4)))
      return absl::DataLossError(absl::StrCat("run number ", seq, " cannot be read"));
    job.set_run(absl::StrCat(query.Text(0), "-", query.Int(1)));
    job.set_build(query.Text(2));
    job.set_seed(static_cast<uint64_t>(query.Int(5)));
    job.set_cmdline(query.Text(6));
    return job;
  });
}

absl::Status RunTable::MarkStarted(int64_t seq, absl::string_view runner, int64_t attempts,
                                   int64_t now_ms) {
  return Try("runs", [&] {
    Query(connection_,
          "UPDATE runs SET state = ?, runner = ?, attempts = ?, started_ms = ? WHERE seq = ?",
          v1::RUNNING, runner, attempts, now_ms, seq)
        .Run();
  });
}

absl::Status RunTable::MarkQueued(int64_t seq) {
  return Try("runs", [&] {
    Query(connection_, "UPDATE runs SET state = ?, runner = '', started_ms = 0 WHERE seq = ?",
          v1::QUEUED, seq)
        .Run();
  });
}

absl::Status RunTable::Finish(int64_t seq, const Ending& ending, const v1::FinishJobRequest& result,
                              int64_t now_ms) {
  return Try("runs", [&] {
    const std::string argv = JoinWords(result.argv());
    Query(connection_,
          "UPDATE runs SET state = ?, verdict = ?, failure_kind = ?, failure_summary = ?, "
          "failure_excerpt = ?, argv = ?, finished_ms = ? WHERE seq = ?",
          v1::DONE, ending.verdict, ending.failure.kind(), ending.failure.summary(),
          ending.failure.excerpt(), Blob{argv}, now_ms, seq)
        .Run();
  });
}

absl::Status RunTable::FinishOfBuild(int64_t build, const Ending& ending, int64_t now_ms) {
  return Try("runs", [&] {
    Query(connection_,
          "UPDATE runs SET state = ?, verdict = ?, failure_kind = ?, failure_summary = ?, "
          "failure_excerpt = ?, finished_ms = ? WHERE build = ? AND state < 3",
          v1::DONE, ending.verdict, ending.failure.kind(), ending.failure.summary(),
          ending.failure.excerpt(), now_ms, build)
        .Run();
  });
}

absl::StatusOr<int> RunTable::FinishOfExperiment(int64_t experiment, const Ending& ending,
                                                 int64_t now_ms) {
  return Try("runs", [&] {
    return Query(connection_,
                 "UPDATE runs SET state = ?, verdict = ?, failure_kind = ?, failure_summary = ?, "
                 "failure_excerpt = ?, finished_ms = ? WHERE experiment = ? AND state < 3",
                 v1::DONE, ending.verdict, ending.failure.kind(), ending.failure.summary(),
                 ending.failure.excerpt(), now_ms, experiment)
        .Run();
  });
}

}  // namespace roxlab
