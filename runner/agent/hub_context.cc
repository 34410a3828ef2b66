// SPDX-License-Identifier: Apache-2.0
#include "runner/agent/hub_context.h"

#include <fcntl.h>
#include <grpcpp/client_context.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <chrono>
#include <utility>

#include "client/grpc_status.h"

namespace roxlab {
namespace {

constexpr size_t kLargestChunk = size_t{64} << 10;

}  // namespace

HubContext::HubContext(std::string job, std::string runner, TempDir scratch,
                       ArtifactClient& artifacts, v1::RunnerHub::Stub& hub)
    : job_(std::move(job)),
      runner_(std::move(runner)),
      directory_(std::move(scratch)),
      work_(directory_.path() / "work"),
      log_path_(directory_.path() / "log"),
      artifacts_(artifacts),
      hub_(hub) {
  absl::Status status = MakeDirectories(work_);
  absl::StatusOr<UniqueFd> fd = OpenFile(log_path_, O_WRONLY | O_CREAT | O_APPEND);
  if (fd.ok()) log_ = *std::move(fd);
  if (!status.ok() || !log_.valid()) spdlog::error("job {}: no place for its log", job_);
}

void HubContext::Log(absl::string_view bytes) {
  absl::Status status = WriteAll(log_.get(), bytes);
  // A full disk is said once by the step that needs it; the log just ends here.
  if (!status.ok()) spdlog::debug("job {}: log: {}", job_, std::string(status.message()));
}

void HubContext::Report(const v1::Progress& progress) {
  absl::MutexLock lock(&progress_mutex_);
  progress_ = progress;
}

v1::Progress HubContext::progress() const {
  absl::MutexLock lock(&progress_mutex_);
  return progress_;
}

absl::StatusOr<std::filesystem::path> HubContext::Fetch(const v1::Artifact& artifact) {
  return artifacts_.Fetch(artifact);
}

absl::StatusOr<v1::Artifact> HubContext::Store(absl::string_view name,
                                               const std::filesystem::path& file) {
  return artifacts_.Store(name, file);
}

absl::Status HubContext::SendLog() {
  absl::MutexLock lock(&send_mutex_);
  return ReadInChunks(log_path_, sent_, [this](absl::string_view bytes) {
    send_mutex_.AssertHeld();
    while (!bytes.empty()) {
      const absl::string_view chunk = bytes.substr(0, kLargestChunk);
      grpc::ClientContext context;
      context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(10));
      v1::AppendLogRequest request;
      request.set_job(job_);
      request.set_runner(runner_);
      request.set_offset(sent_);
      request.set_data(chunk.data(), chunk.size());
      v1::AppendLogResponse response;
      grpc::Status status = hub_.AppendLog(&context, request, &response);
      if (!status.ok()) return FromGrpc(status);
      bytes.remove_prefix(chunk.size());
      sent_ += chunk.size();
    }
    return absl::OkStatus();
  });
}

}  // namespace roxlab
