// SPDX-License-Identifier: Apache-2.0
#include "db/jobs.h"

#include "absl/strings/str_cat.h"
#include "common/names.h"
#include "db/query.h"
#include "db/runs.h"

namespace roxlab {
namespace {

constexpr int kLeased = 2;

#define ROXLAB_JOB_COLUMNS                                                                      \
  "SELECT j.seq, j.kind, j.state, coalesce(j.build, j.run), "                                   \
  "iif(j.kind = 1, b.id, e.id || '-' || r.number), b.seq, b.id, b.base, j.needs, j.submitter, " \
  "j.memory_mib, j.priority, j.queued_ms, j.attempts, iif(j.kind = 1, b.leases, r.leases), "    \
  "j.runner, j.session, j.lease_expires_ms "                                                    \
  "FROM jobs j LEFT JOIN runs r ON r.seq = j.run LEFT JOIN experiments e ON e.seq = "           \
  "r.experiment JOIN builds b ON b.seq = coalesce(j.build, r.build) "

JobRow Row(Query& query) {
  JobRow job;
  job.seq = query.Int(0);
  job.kind = static_cast<JobKind>(query.Int(1));
  job.leased = query.Int(2) == kLeased;
  job.target = query.Int(3);
  job.target_id = query.Text(4);
  job.build = query.Int(5);
  job.build_id = query.Text(6);
  job.base = query.Text(7);
  job.needs = query.Text(8);
  job.submitter = query.Text(9);
  job.memory_mib = static_cast<uint32_t>(query.Int(10));
  job.priority = query.Int(11);
  job.queued_ms = query.Int(12);
  job.attempts = query.Int(13);
  job.lease = query.Int(14);
  job.runner = query.Text(15);
  job.session = query.Text(16);
  job.lease_expires_ms = query.Int(17);
  return job;
}

JobClass ClassOf(Query& query) {
  return {static_cast<JobKind>(query.Int(0)), query.Text(1), static_cast<uint32_t>(query.Int(2)),
          query.Text(3)};
}

std::vector<JobRow> Rows(Query&& query) {
  std::vector<JobRow> jobs;
  while (query.Next()) jobs.push_back(Row(query));
  return jobs;
}

std::optional<JobRow> FirstRow(Query&& query) {
  if (!query.Next()) return std::nullopt;
  return Row(query);
}

}  // namespace

std::string JobRow::id() const { return absl::StrCat(target_id, ".", lease); }

bool SplitJobId(absl::string_view job, std::string* target_id, int64_t* lease) {
  const size_t dot = job.rfind('.');
  if (dot == absl::string_view::npos || dot == 0) return false;
  target_id->assign(job.data(), dot);
  return ParseNumber(job.substr(dot + 1), lease);
}

absl::StatusOr<std::vector<JobClass>> JobTable::ReadyClasses(int64_t now_ms) {
  return Try("jobs", [&] {
    Query query(connection_,
                "SELECT DISTINCT kind, needs, memory_mib, submitter FROM jobs "
                "WHERE state = 1 AND not_before_ms <= ?",
                now_ms);
    std::vector<JobClass> classes;
    while (query.Next()) classes.push_back(ClassOf(query));
    return classes;
  });
}

absl::StatusOr<std::map<JobClass, uint32_t>> JobTable::UnderWay() {
  return Try("jobs", [&] {
    Query query(connection_,
                "SELECT kind, needs, memory_mib, submitter, count(*) FROM jobs WHERE state = 2 "
                "GROUP BY 1, 2, 3, 4");
    std::map<JobClass, uint32_t> classes;
    while (query.Next()) classes[ClassOf(query)] = static_cast<uint32_t>(query.Int(4));
    return classes;
  });
}

absl::StatusOr<std::vector<JobRow>> JobTable::Ready(const JobClass& job_class, int64_t now_ms,
                                                    int limit) {
  return Try("jobs", [&] {
    return Rows(Query(connection_,
                      ROXLAB_JOB_COLUMNS
                      "WHERE j.state = 1 AND j.kind = ? AND j.needs = ? AND j.memory_mib = ? AND "
                      "j.submitter = ? AND j.not_before_ms <= ? "
                      "ORDER BY j.priority DESC, j.seq LIMIT ?",
                      job_class.kind, job_class.needs, job_class.memory_mib, job_class.submitter,
                      now_ms, limit));
  });
}

absl::StatusOr<std::vector<JobRow>> JobTable::LeasedTo(absl::string_view runner) {
  return Try("jobs", [&] {
    return Rows(
        Query(connection_, ROXLAB_JOB_COLUMNS "WHERE j.state = 2 AND j.runner = ?", runner));
  });
}

absl::StatusOr<std::vector<JobRow>> JobTable::Expired(int64_t now_ms) {
  return Try("jobs", [&] {
    return Rows(Query(connection_,
                      ROXLAB_JOB_COLUMNS "WHERE j.state = 2 AND j.lease_expires_ms < ?", now_ms));
  });
}

absl::StatusOr<std::optional<JobRow>> JobTable::Of(JobKind kind, int64_t target) {
  return Try("jobs", [&] {
    return FirstRow(kind == JobKind::kBuild
                        ? Query(connection_, ROXLAB_JOB_COLUMNS "WHERE j.build = ?", target)
                        : Query(connection_, ROXLAB_JOB_COLUMNS "WHERE j.run = ?", target));
  });
}

absl::StatusOr<std::optional<LeaseRecord>> JobTable::Leases(absl::string_view target_id) {
  return Try("jobs", [&]() -> std::optional<LeaseRecord> {
    auto read = [](Query&& query) -> std::optional<LeaseRecord> {
      if (!query.Next()) return std::nullopt;
      return LeaseRecord{query.Int(0), query.Int(1), query.Int(2) == 3, query.Text(3)};
    };
    std::string experiment;
    int64_t number = 0;
    if (SplitRunId(target_id, &experiment, &number)) {
      return read(Query(connection_,
                        "SELECT r.leases, r.result_lease, r.state, r.runner FROM runs r "
                        "JOIN experiments e ON e.seq = r.experiment "
                        "WHERE e.id = ? AND r.number = ?",
                        experiment, number));
    }
    return read(Query(connection_,
                      "SELECT leases, result_lease, state, runner FROM builds WHERE id = ?",
                      target_id));
  });
}

absl::StatusOr<std::optional<JobRow>> JobTable::OfTarget(absl::string_view target_id) {
  return Try("jobs", [&] {
    std::string experiment;
    int64_t number = 0;
    return FirstRow(SplitRunId(target_id, &experiment, &number)
                        ? Query(connection_,
                                ROXLAB_JOB_COLUMNS
                                "WHERE j.run = (SELECT r2.seq FROM runs r2 JOIN experiments e2 "
                                "ON e2.seq = r2.experiment WHERE e2.id = ? AND r2.number = ?)",
                                experiment, number)
                        : Query(connection_,
                                ROXLAB_JOB_COLUMNS
                                "WHERE j.build = (SELECT b2.seq FROM builds b2 WHERE b2.id = ?)",
                                target_id));
  });
}

absl::StatusOr<std::vector<JobRow>> JobTable::OfExperiment(int64_t experiment) {
  return Try("jobs", [&] {
    return Rows(Query(connection_,
                      ROXLAB_JOB_COLUMNS
                      "WHERE j.run IN (SELECT seq FROM runs WHERE experiment = ? AND state < 3)",
                      experiment));
  });
}

absl::StatusOr<std::map<std::string, HeldJobs>> JobTable::HeldByRunner() {
  return Try("jobs", [&] {
    Query query(connection_,
                "SELECT runner, needs, count(build), count(run), sum(memory_mib) FROM jobs "
                "WHERE state = 2 GROUP BY runner, needs");
    std::map<std::string, HeldJobs> all;
    while (query.Next()) {
      HeldJobs& held = all[query.Text(0)];
      if (std::optional<std::string> board = BoardOf(query.Text(1))) {
        held.boards.push_back(*std::move(board));
        continue;
      }
      held.builds += static_cast<uint32_t>(query.Int(2));
      held.runs += static_cast<uint32_t>(query.Int(3));
      held.memory_mib += static_cast<uint32_t>(query.Int(4));
    }
    return all;
  });
}

absl::StatusOr<int64_t> JobTable::NextDueMs(int64_t now_ms) {
  return Try("jobs", [&] {
    Query query(connection_,
                "SELECT coalesce(min(due), 0) FROM ("
                "SELECT min(lease_expires_ms) AS due FROM jobs WHERE state = 2 UNION ALL "
                "SELECT min(not_before_ms) FROM jobs WHERE state = 1 AND not_before_ms > ?)",
                now_ms);
    query.Next();
    return query.Int(0);
  });
}

}  // namespace roxlab
