// SPDX-License-Identifier: Apache-2.0
#include "server/lab/hub.h"

#include <cmath>
#include <optional>
#include <string>

#include "absl/strings/str_cat.h"
#include "common/names.h"
#include "common/printable.h"
#include "common/status_macros.h"
#include "db/jobs.h"
#include "server/lab/lab.h"

namespace roxlab {
namespace {

constexpr int kMaxListed = 10'000;  // Jobs, tags and so on in one call.
constexpr int kMaxBoards = 1000;
constexpr size_t kMaxWord = 1000;  // Bytes of a session, a summary line and so on.
constexpr size_t kMaxExcerpt = 64u << 10;

absl::Status LeaseLost(const std::string& job) {
  return absl::FailedPreconditionError(
      absl::StrCat("job ", job,
                   " is no longer this runner's: it was cancelled, or its lease ended "
                   "and it was given to another one"));
}

absl::StatusOr<LeaseRecord> ReadLeases(Lab& lab, const std::string& job,
                                       const std::string& target) {
  std::optional<LeaseRecord> record;
  ROXLAB_RETURN_IF_ERROR(lab.db().Read([&](Connection& connection) -> absl::Status {
    ROXLAB_ASSIGN_OR_RETURN(record, JobTable(connection).Leases(target));
    return absl::OkStatus();
  }));
  if (!record.has_value()) return absl::NotFoundError(absl::StrCat("no job '", job, "'"));
  return *record;
}

// A result that the lab cannot keep as it is: the job did not do what it was for, and that is
// nobody's fault but the lab's. Empty when all is well.
std::string Defect(const ArtifactStore& store, const v1::FinishJobRequest& result) {
  for (const v1::Artifact& artifact : result.artifacts()) {
    if (!store.Has(artifact.sha256()))
      return absl::StrCat("artifact ", artifact.name(), " was not uploaded");
  }
  for (const v1::Snapshot& snapshot : result.snapshots()) {
    if (!snapshot.raw().sha256().empty() && !store.Has(snapshot.raw().sha256()))
      return absl::StrCat("the raw data of phase ", snapshot.phase(), " was not uploaded");
    for (const v1::Metric& metric : snapshot.metrics()) {
      if (!std::isfinite(metric.value()))
        return absl::StrCat("metric ", metric.name(), " is not a number");
    }
  }
  return "";
}

v1::FinishJobRequest Checked(const ArtifactStore& store, const v1::FinishJobRequest& request) {
  const std::string defect = Defect(store, request);
  if (!defect.empty()) {
    v1::FinishJobRequest broken;
    broken.set_job(request.job());
    broken.set_runner(request.runner());
    broken.set_verdict(v1::ERROR);
    broken.mutable_failure()->set_kind("infrastructure");
    broken.mutable_failure()->set_summary(defect);
    return broken;
  }
  v1::FinishJobRequest result = request;
  if (result.verdict() == v1::PASS) result.clear_failure();
  if (result.verdict() != v1::PASS && result.failure().kind().empty())
    result.mutable_failure()->set_kind("infrastructure");
  if (!result.has_failure()) return result;
  v1::Failure& failure = *result.mutable_failure();
  failure.mutable_summary()->resize(Utf8Prefix(failure.summary(), kMaxWord).size());
  failure.mutable_excerpt()->resize(Utf8Prefix(failure.excerpt(), kMaxExcerpt).size());
  return result;
}

absl::Status CheckBoards(const v1::SynchronizeRequest& request) {
  if (request.boards_size() > kMaxBoards)
    return absl::InvalidArgumentError(absl::StrCat("boards: more than ", kMaxBoards));
  for (const v1::BoardReport& board : request.boards()) {
    const std::string& name = board.machine().name();
    if (!IsValidName(name) || !board.machine().has_board())
      return absl::InvalidArgumentError(
          absl::StrCat("boards: '", name.substr(0, 120), "' is no valid name or no board"));
    if (board.reason().size() > kMaxWord || board.machine().ByteSizeLong() > kMaxExcerpt)
      return absl::InvalidArgumentError(absl::StrCat("boards: too much about '", name, "'"));
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status CheckSynchronize(const v1::SynchronizeRequest& request) {
  if (request.protocol() != kProtocol) {
    return absl::FailedPreconditionError(
        absl::StrCat("the runner speaks protocol ", request.protocol(), ", this server ", kProtocol,
                     ": upgrade the ", request.protocol() < kProtocol ? "runner" : "server"));
  }
  if (!IsValidName(request.runner())) {
    return absl::InvalidArgumentError(
        absl::StrCat("runner: '", request.runner().substr(0, 120),
                     "' is no valid name: 1 to 100 of A-Z a-z "
                     "0-9 '.' '_' '-', with a letter or digit first"));
  }
  if (request.session().empty() || request.session().size() > kMaxWord)
    return absl::InvalidArgumentError("session: 1 to 1000 characters are needed");
  if (request.tags_size() > kMaxListed || request.jobs_size() > kMaxListed ||
      request.bases_size() > kMaxListed || request.warm_builds_size() > kMaxListed)
    return absl::InvalidArgumentError(
        absl::StrCat("a list has more than ", kMaxListed, " entries"));
  return CheckBoards(request);
}

absl::StatusOr<v1::AppendLogResponse> AppendLog(Lab& lab, const v1::AppendLogRequest& request) {
  std::string target;
  int64_t lease = 0;
  if (!SplitJobId(request.job(), &target, &lease))
    return absl::InvalidArgumentError(absl::StrCat("job: '", request.job(), "' is no job's id"));
  if (request.data().size() > kMaxLogChunk) {
    return absl::InvalidArgumentError(
        absl::StrCat("data: more than ", kMaxLogChunk >> 10, " KiB in one chunk"));
  }
  ROXLAB_ASSIGN_OR_RETURN(const LeaseRecord record, ReadLeases(lab, request.job(), target));
  // Also after the end of the job: a repeat of its last chunk is harmless.
  if (record.newest != lease || record.runner != request.runner()) return LeaseLost(request.job());
  v1::AppendLogResponse response;
  ROXLAB_ASSIGN_OR_RETURN(const uint64_t length,
                          lab.logs().Append(target, lease, request.offset(), request.data()));
  response.set_length(length);
  lab.events().Notify({absl::StrCat("log:", target)});
  return response;
}

absl::Status FinishJob(Lab& lab, const v1::FinishJobRequest& request) {
  std::string target;
  int64_t lease = 0;
  if (!SplitJobId(request.job(), &target, &lease))
    return absl::InvalidArgumentError(absl::StrCat("job: '", request.job(), "' is no job's id"));
  if (request.verdict() != v1::PASS && request.verdict() != v1::FAIL &&
      request.verdict() != v1::ERROR)
    return absl::InvalidArgumentError("verdict: PASS, FAIL or ERROR is needed");
  ROXLAB_ASSIGN_OR_RETURN(const LeaseRecord before, ReadLeases(lab, request.job(), target));
  if (before.with_result == lease) return absl::OkStatus();  // A repeat.
  if (before.newest != lease) return LeaseLost(request.job());
  const v1::FinishJobRequest result = Checked(lab.store(), request);
  ROXLAB_RETURN_IF_ERROR(lab.logs().Sync(target, lease));
  Effects effects;
  ROXLAB_RETURN_IF_ERROR(lab.db().Write([&](Connection& connection) -> absl::Status {
    JobTable jobs(connection);
    // Once more, now that nobody else can change it.
    ROXLAB_ASSIGN_OR_RETURN(std::optional<LeaseRecord> record, jobs.Leases(target));
    if (record.has_value() && record->with_result == lease) return absl::OkStatus();
    ROXLAB_ASSIGN_OR_RETURN(std::optional<JobRow> job, jobs.OfTarget(target));
    if (!job.has_value() || !job->leased || job->lease != lease || job->runner != request.runner())
      return LeaseLost(request.job());
    return Lifecycle(connection, lab.Now(), effects).Finish(*job, result);
  }));
  effects.changed.insert(absl::StrCat("log:", target));
  lab.Publish(effects);
  return absl::OkStatus();
}

}  // namespace roxlab
