// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_TESTS_SUPPORT_FAKE_RUNNER_H_
#define ROXLAB_TESTS_SUPPORT_FAKE_RUNNER_H_

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "client/credentials.h"
#include "roxlab/v1/artifacts.grpc.pb.h"
#include "roxlab/v1/runner_hub.grpc.pb.h"

namespace roxlab {

// Speaks a runner's side of the protocol over a channel and does no work. Used by one thread.
class FakeRunner {
 public:
  FakeRunner(const std::string& address, const std::string& name, Credentials credentials = {});

  // What it says of itself; may be changed between calls.
  v1::SynchronizeRequest& says() { return says_; }
  // As after a crash: another session, no jobs.
  void Restart();
  // To the same server at another address.
  void Connect(const std::string& address);

  // One call that waits at most `max_wait_ms`; takes new jobs into jobs() and drops those that it
  // is told to (in `dropped`).
  absl::StatusOr<v1::SynchronizeResponse> Synchronize(uint32_t max_wait_ms);
  // Calls until it has `count` jobs. Fails after half a minute.
  absl::Status WaitForJobs(size_t count);
  // Calls until it was told to drop `job`. Fails after half a minute.
  absl::Status WaitForDrop(const std::string& job);

  const std::map<std::string, v1::Job>& jobs() const { return jobs_; }
  const std::vector<std::string>& dropped() const { return dropped_; }
  // Its only job.
  const v1::Job& job() const { return jobs_.begin()->second; }

  // A result of the kind that a runner would give for `job`: a build with an uploaded Image, a run
  // with `l3_entries` after the phase "loaded".
  v1::FinishJobRequest Passed(const v1::Job& job, double l3_entries = 0);
  v1::FinishJobRequest Ended(const v1::Job& job, v1::Verdict verdict, const std::string& kind,
                             const std::string& summary) const;
  // Hands in a result; the job is no longer among jobs() once that worked.
  absl::Status Finish(const v1::FinishJobRequest& result);
  absl::StatusOr<uint64_t> AppendLog(const std::string& job, uint64_t offset,
                                     absl::string_view data);
  // In chunks of 64 KiB. `claimed` stands in for the real hash.
  absl::StatusOr<v1::Artifact> Upload(const std::string& name, absl::string_view content,
                                      const std::string& claimed = "");

  v1::Artifacts::Stub& artifacts() { return *artifacts_; }

 private:
  std::string name_;
  Credentials credentials_;
  v1::SynchronizeRequest says_;
  std::map<std::string, v1::Job> jobs_;
  std::vector<std::string> dropped_;
  std::unique_ptr<v1::RunnerHub::Stub> hub_;
  std::unique_ptr<v1::Artifacts::Stub> artifacts_;
};

}  // namespace roxlab

#endif  // ROXLAB_TESTS_SUPPORT_FAKE_RUNNER_H_
