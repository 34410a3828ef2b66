// SPDX-License-Identifier: Apache-2.0
#include "runner/agent/agent.h"

#include <grpcpp/client_context.h>
#include <spdlog/spdlog.h>

#include <chrono>
#include <utility>

#include "client/grpc_status.h"
#include "common/hash.h"
#include "common/link_guard.h"
#include "common/status_macros.h"

namespace roxlab {
namespace {

constexpr uint32_t kProtocol = 1;
constexpr uint64_t kArtifactCacheBytes = uint64_t{8} << 30;
// While there are jobs the poll is short, because it carries their progress.
constexpr uint32_t kBusyWaitMs = 250, kIdleWaitMs = 20'000;
// The state of a board changes by itself.
constexpr uint32_t kBoardsWaitMs = 1000;

// Whether the server has said that it does not want this runner. Anything else, a full disk of the
// server for one, may be over in a while, and the jobs here go on meanwhile.
bool Final(const absl::Status& status) {
  return absl::IsFailedPrecondition(status) || absl::IsInvalidArgument(status) ||
         absl::IsUnimplemented(status) || absl::IsPermissionDenied(status) ||
         absl::IsUnauthenticated(status) || absl::IsCancelled(status);
}

}  // namespace

Agent::Agent(AgentOptions options, const std::shared_ptr<grpc::Channel>& channel)
    : options_(std::move(options)),
      session_(RandomHex(16)),
      hub_(v1::RunnerHub::NewStub(channel)),
      artifacts_(channel, options_.home / "artifacts", kArtifactCacheBytes),
      checker_(options_.check_self) {}

absl::Status Agent::Run(const StopToken& stop) {
  ROXLAB_RETURN_IF_ERROR(MakeDirectories(options_.home));
  ROXLAB_ASSIGN_OR_RETURN(FileLock lock, FileLock::Take(options_.home / "lock"));
  // Whatever an earlier agent was doing here is over.
  ROXLAB_RETURN_IF_ERROR(RemoveTree(options_.home / "jobs"));
  absl::Status status;
  {
    Jobs jobs(options_, *hub_, artifacts_);
    status = Serve(jobs, stop);
  }
  // The last word: nothing here any more, nothing wanted.
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(2));
  v1::SynchronizeResponse response;
  hub_->Synchronize(&context, Introduction(), &response);
  return absl::IsCancelled(status) ? absl::OkStatus() : status;
}

absl::Status Agent::Serve(Jobs& jobs, const StopToken& stop) {
  bool connected = true;
  while (!stop.stopped()) {
    const absl::Status status = Synchronize(jobs, stop);
    jobs.Reap();
    if (!status.ok() && !Final(status)) {
      if (std::exchange(connected, false))
        spdlog::warn("server not reachable: {}; trying again", std::string(status.message()));
      PauseUnlessStopped(stop, kRetryMs);
      continue;
    }
    ROXLAB_RETURN_IF_ERROR(status);
    if (!std::exchange(connected, true)) spdlog::info("server is back");
  }
  return absl::OkStatus();
}

v1::SynchronizeRequest Agent::Introduction() const {
  v1::SynchronizeRequest request;
  request.set_protocol(kProtocol);
  request.set_runner(options_.name);
  request.set_session(session_);
  request.set_version(options_.version);
  *request.mutable_tags() = {options_.tags.begin(), options_.tags.end()};
  return request;
}

absl::Status Agent::Synchronize(Jobs& jobs, const StopToken& stop) {
  v1::SynchronizeRequest request = Introduction();
  request.set_build_slots(options_.build_slots);
  request.set_run_slots(options_.run_slots);
  request.set_run_memory_mib(options_.run_memory_mib);
  jobs.Describe(&request);
  if (options_.list_boards)
    for (v1::BoardReport& board : options_.list_boards()) *request.add_boards() = std::move(board);
  const bool busy = checker_.Describe(&request) || !request.jobs().empty();
  request.set_max_wait_ms(busy                        ? kBusyWaitMs
                          : !request.boards().empty() ? kBoardsWaitMs
                                                      : kIdleWaitMs);
  v1::SynchronizeResponse response;
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() +
                       std::chrono::milliseconds(request.max_wait_ms()) + std::chrono::seconds(10));
  grpc::Status status;
  {
    LinkGuard cancel([&context] { context.TryCancel(); }, absl::InfiniteFuture(), stop);
    status = hub_->Synchronize(&context, request, &response);
  }
  ROXLAB_RETURN_IF_ERROR(FromGrpc(status));
  if (response.check() != 0) checker_.Ask(response.check());
  for (const std::string& id : response.drop()) jobs.Drop(id);
  for (const v1::Job& job : response.jobs()) jobs.Start(job);
  return absl::OkStatus();
}

}  // namespace roxlab
