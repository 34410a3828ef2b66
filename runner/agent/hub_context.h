// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_RUNNER_AGENT_HUB_CONTEXT_H_
#define ROXLAB_RUNNER_AGENT_HUB_CONTEXT_H_

#include <filesystem>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "common/files.h"
#include "roxlab/v1/runner_hub.grpc.pb.h"
#include "runner/agent/artifact_client.h"
#include "runner/job.h"

namespace roxlab {

// A job's world on top of the server. The log goes to a local file first and from there to the
// server, so that a server that is away for a while costs neither bytes nor memory.
class HubContext : public JobContext {
 public:
  // All of these must outlive it.
  HubContext(std::string job, std::string runner, TempDir scratch, ArtifactClient& artifacts,
             v1::RunnerHub::Stub& hub);

  void Log(absl::string_view bytes) override;
  void Report(const v1::Progress& progress) override;
  absl::StatusOr<std::filesystem::path> Fetch(const v1::Artifact& artifact) override;
  absl::StatusOr<v1::Artifact> Store(absl::string_view name,
                                     const std::filesystem::path& file) override;
  const std::filesystem::path& scratch() const override { return work_; }
  const StopToken& stop() const override { return stop_; }

  // The rest is for the agent, from any thread.
  StopToken& stop_token() { return stop_; }
  v1::Progress progress() const;
  // Sends what the server does not have of the log; OK when it has all of it.
  absl::Status SendLog();

 private:
  const std::string job_, runner_;
  const TempDir directory_;
  const std::filesystem::path work_, log_path_;
  ArtifactClient& artifacts_;
  v1::RunnerHub::Stub& hub_;
  UniqueFd log_;
  StopToken stop_;
  mutable absl::Mutex progress_mutex_;
  v1::Progress progress_ ABSL_GUARDED_BY(progress_mutex_);
  absl::Mutex send_mutex_;  // One sender at a time.
  uint64_t sent_ ABSL_GUARDED_BY(send_mutex_) = 0;
};

}  // namespace roxlab

#endif  // ROXLAB_RUNNER_AGENT_HUB_CONTEXT_H_
