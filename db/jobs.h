// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_DB_JOBS_H_
#define ROXLAB_DB_JOBS_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace roxlab {

class Connection;

enum class JobKind { kBuild = 1, kRun = 2 };

// A piece of work that is ready or under way. On the wire a job's id is "TARGET.LEASE": who lost
// the lease cannot be taken for who has it now, whatever comes late.
struct JobRow {
  int64_t seq = 0;
  JobKind kind = JobKind::kBuild;
  bool leased = false;
  int64_t target = 0;     // Key of the build or run.
  std::string target_id;  // Id of the build or run.
  int64_t build = 0;      // Key of the build that it is or needs.
  std::string build_id;
  std::string base;   // Name of the build's base.
  std::string needs;  // Tags, sorted, with commas between.
  std::string submitter;
  uint32_t memory_mib = 0;
  int64_t priority = 0;
  int64_t queued_ms = 0;  // Since when it is work to be done.
  int64_t attempts = 0;   // Starts so far that count.
  int64_t lease = 0;      // Number of the newest lease.
  std::string runner, session;
  int64_t lease_expires_ms = 0;

  std::string id() const;
};

// Jobs that need the same and are for the same person: what a runner can take at all is decided
// once per class, and nobody's jobs hide another's.
struct JobClass {
  JobKind kind;
  std::string needs;
  uint32_t memory_mib = 0;
  std::string submitter = {};

  friend bool operator<(const JobClass& a, const JobClass& b) {
    return std::tie(a.kind, a.needs, a.memory_mib, a.submitter) <
           std::tie(b.kind, b.needs, b.memory_mib, b.submitter);
  }
};

// What a runner has now.
struct HeldJobs {
  uint32_t builds = 0, runs = 0;
  uint32_t memory_mib = 0;          // Of the runs.
  std::vector<std::string> boards;  // Names; their runs are not among `runs`.
};

// The leases that a build or run has had.
struct LeaseRecord {
  int64_t newest = 0;       // 0: none so far.
  int64_t with_result = 0;  // The newest that brought a result.
  bool done = false;
  std::string runner;  // Of the newest.
};

class JobTable {
 public:
  explicit JobTable(Connection& connection) : connection_(connection) {}

  absl::Status QueueBuild(int64_t build, absl::string_view submitter, int64_t priority,
                          int64_t now_ms);
  // Somebody with this priority waits for the queued build, too.
  absl::Status RaiseBuild(int64_t build, int64_t priority);
  // Queues every unfinished run of the build that is not queued yet.
  absl::Status QueueRunsOf(int64_t build, int64_t now_ms);

  absl::StatusOr<std::vector<JobClass>> ReadyClasses(int64_t now_ms);
  // At most `limit` of a class, the first to be done first.
  absl::StatusOr<std::vector<JobRow>> Ready(const JobClass& job_class, int64_t now_ms, int limit);
  absl::StatusOr<std::vector<JobRow>> LeasedTo(absl::string_view runner);
  absl::StatusOr<std::vector<JobRow>> Expired(int64_t now_ms);
  // The job of a build or run, if it has one.
  absl::StatusOr<std::optional<JobRow>> Of(JobKind kind, int64_t target);
  // By id of the build or run; nothing when there is no such build or run.
  absl::StatusOr<std::optional<LeaseRecord>> Leases(absl::string_view target_id);
  absl::StatusOr<std::optional<JobRow>> OfTarget(absl::string_view target_id);
  absl::StatusOr<std::vector<JobRow>> OfExperiment(int64_t experiment);
  absl::StatusOr<std::map<std::string, HeldJobs>> HeldByRunner();
  // How many of each class are under way.
  absl::StatusOr<std::map<JobClass, uint32_t>> UnderWay();
  // When something is due next by itself (a lease's end, a delayed job's start); 0: never.
  absl::StatusOr<int64_t> NextDueMs(int64_t now_ms);

  // Gives a new lease; updates `job`.
  absl::Status Lease(JobRow& job, absl::string_view runner, absl::string_view session,
                     int64_t expires_ms);
  absl::Status Extend(int64_t seq, int64_t expires_ms);
  // For the time after a restart: no lease ends before `expires_ms`.
  absl::Status ExtendAll(int64_t expires_ms);
  // Back in the queue, not to start before `not_before_ms`; `attempts` as given.
  absl::Status Release(int64_t seq, int64_t attempts, int64_t not_before_ms);
  // Notes that the lease brought a result: a repeat of it is known.
  absl::Status NoteResult(const JobRow& job);
  absl::Status Remove(int64_t seq);

 private:
  Connection& connection_;
};

// Takes "TARGET.LEASE" apart; false when `job` is not of that form.
bool SplitJobId(absl::string_view job, std::string* target_id, int64_t* lease);

}  // namespace roxlab

#endif  // ROXLAB_DB_JOBS_H_
