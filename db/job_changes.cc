// SPDX-License-Identifier: Apache-2.0
//
// What changes in the queue; jobs.cc reads it.
#include "db/jobs.h"
#include "db/query.h"

namespace roxlab {
namespace {

// The column `state`.
constexpr int kQueued = 1, kLeased = 2;

}  // namespace

absl::Status JobTable::QueueBuild(int64_t build, absl::string_view submitter, int64_t priority,
                                  int64_t now_ms) {
  return Try("jobs", [&] {
    Query(connection_,
          "INSERT INTO jobs (kind, build, state, needs, submitter, priority, queued_ms) "
          "VALUES (1, ?, ?, '', ?, ?, ?)",
          build, kQueued, submitter, priority, now_ms)
        .Run();
  });
}

absl::Status JobTable::RaiseBuild(int64_t build, int64_t priority) {
  return Try("jobs", [&] {
    Query(connection_, "UPDATE jobs SET priority = max(priority, ?) WHERE build = ?", priority,
          build)
        .Run();
  });
}

absl::Status JobTable::QueueRunsOf(int64_t build, int64_t now_ms) {
  return Try("jobs", [&] {
    Query(connection_,
          "INSERT INTO jobs (kind, run, state, needs, submitter, memory_mib, priority, queued_ms) "
          "SELECT 2, r.seq, ?, m.needs, e.submitter, m.memory_mib, e.priority, ? FROM runs r "
          "JOIN definitions m ON m.seq = r.machine JOIN experiments e ON e.seq = r.experiment "
          "WHERE r.build = ? AND r.state < 3 "
          "AND NOT EXISTS (SELECT 1 FROM jobs WHERE run = r.seq) ORDER BY r.seq",
          kQueued, now_ms, build)
        .Run();
  });
}

absl::Status JobTable::Lease(JobRow& job, absl::string_view runner, absl::string_view session,
                             int64_t expires_ms) {
  return Try("jobs", [&] {
    Query(connection_,
          "UPDATE jobs SET state = ?, attempts = attempts + 1, runner = ?, session = ?, "
          "lease_expires_ms = ? WHERE seq = ?",
          kLeased, runner, session, expires_ms, job.seq)
        .Run();
    Query(connection_,
          job.kind == JobKind::kBuild ? "UPDATE builds SET leases = leases + 1 WHERE seq = ?"
                                      : "UPDATE runs SET leases = leases + 1 WHERE seq = ?",
          job.target)
        .Run();
    job.leased = true;
    job.attempts += 1;
    job.lease += 1;
    job.runner = std::string(runner);
    job.session = std::string(session);
    job.lease_expires_ms = expires_ms;
  });
}

absl::Status JobTable::Extend(int64_t seq, int64_t expires_ms) {
  return Try("jobs", [&] {
    Query(connection_, "UPDATE jobs SET lease_expires_ms = ? WHERE seq = ?", expires_ms, seq).Run();
  });
}

absl::Status JobTable::ExtendAll(int64_t expires_ms) {
  return Try("jobs", [&] {
    Query(connection_,
          "UPDATE jobs SET lease_expires_ms = ? WHERE state = 2 AND lease_expires_ms < ?",
          expires_ms, expires_ms)
        .Run();
  });
}

absl::Status JobTable::Release(int64_t seq, int64_t attempts, int64_t not_before_ms) {
  return Try("jobs", [&] {
    Query(connection_,
          "UPDATE jobs SET state = ?, attempts = ?, not_before_ms = ?, runner = '', session = '', "
          "lease_expires_ms = 0 WHERE seq = ?",
          kQueued, attempts, not_before_ms, seq)
        .Run();
  });
}

absl::Status JobTable::NoteResult(const JobRow& job) {
  return Try("jobs", [&] {
    Query(connection_,
          job.kind == JobKind::kBuild ? "UPDATE builds SET result_lease = ? WHERE seq = ?"
                                      : "UPDATE runs SET result_lease = ? WHERE seq = ?",
          job.lease, job.target)
        .Run();
  });
}

absl::Status JobTable::Remove(int64_t seq) {
  return Try("jobs", [&] { Query(connection_, "DELETE FROM jobs WHERE seq = ?", seq).Run(); });
}

}  // namespace roxlab
