// SPDX-License-Identifier: Apache-2.0
#include "runner/agent/agent.h"

#include <grpcpp/client_context.h>
#include <poll.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <chrono>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "client/grpc_status.h"
#include "common/hash.h"

namespace roxlab {
namespace {

constexpr uint32_t kProtocol = 1;
constexpr uint64_t kArtifactCacheBytes = uint64_t{8} << 30;
constexpr size_t kWarmBuilds = 64;
// While there are jobs the poll is short, because it carries their progress.
constexpr uint32_t kBusyWaitMs = 250, kIdleWaitMs = 20'000;
constexpr int kRetryMs = 500;
constexpr auto kLogInterval = std::chrono::milliseconds(200);

// Waits for `ms` or until the token is stopped.
void Pause(const StopToken& stop, int ms) {
  pollfd fd = {stop.fd(), POLLIN, 0};
  poll(&fd, 1, ms);
}

// Cancels a call as soon as a token is stopped.
class CancelOnStop {
 public:
  CancelOnStop(grpc::ClientContext& context, const StopToken& stop)
      : thread_([this, &context, stop] {
          pollfd fds[] = {{stop.fd(), POLLIN, 0}, {done_.fd(), POLLIN, 0}};
          poll(fds, 2, -1);
          if (stop.stopped()) context.TryCancel();
        }) {}
  ~CancelOnStop() {
    done_.Stop();
    thread_.join();
  }

 private:
  StopToken done_;
  std::thread thread_;
};

}  // namespace

Agent::Agent(AgentOptions options, const std::shared_ptr<grpc::Channel>& channel)
    : options_(std::move(options)),
      session_(RandomHex(16)),
      hub_(v1::RunnerHub::NewStub(channel)),
      artifacts_(channel, options_.home / "artifacts", kArtifactCacheBytes) {}

absl::Status Agent::Run(const StopToken& stop) {
  absl::Status status = MakeDirectories(options_.home);
  if (!status.ok()) return status;
  absl::StatusOr<FileLock> lock = FileLock::Take(options_.home / "lock");
  if (!lock.ok()) return lock.status();
  // Whatever an earlier agent was doing here is over.
  if (status = RemoveTree(options_.home / "jobs"); !status.ok()) return status;
  {
    absl::MutexLock hold(&mutex_);
    bases_ = options_.list_bases();
  }
  StopToken logs_done;
  std::thread log_sender([&] {
    while (!logs_done.stopped()) {
      SendLogs();
      Pause(logs_done, static_cast<int>(kLogInterval.count()));
    }
  });
  bool connected = true;
  while (!stop.stopped() && status.ok()) {
    status = Synchronize(stop);
    Reap();
    if (absl::IsUnavailable(status) || absl::IsDeadlineExceeded(status)) {
      if (std::exchange(connected, false))
        spdlog::warn("server not reachable: {}; trying again", std::string(status.message()));
      status = absl::OkStatus();
      Pause(stop, kRetryMs);
    } else if (status.ok() && !std::exchange(connected, true)) {
      spdlog::info("server is back");
    }
  }
  leaving_.Stop();
  std::map<std::string, std::unique_ptr<ActiveJob>> left;
  {
    absl::MutexLock hold(&mutex_);
    for (auto& [id, active] : jobs_) active->context->stop_token().Stop();
    left.swap(jobs_);
  }
  for (auto& [id, active] : left) active->thread.join();
  logs_done.Stop();
  log_sender.join();
  // The last word: nothing here any more, nothing wanted.
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(2));
  v1::SynchronizeResponse response;
  hub_->Synchronize(&context, Request(/*leaving=*/true), &response);
  return absl::IsCancelled(status) ? absl::OkStatus() : status;
}

v1::SynchronizeRequest Agent::Request(bool leaving) {
  v1::SynchronizeRequest request;
  request.set_protocol(kProtocol);
  request.set_runner(options_.name);
  request.set_session(session_);
  request.set_version(options_.version);
  *request.mutable_tags() = {options_.tags.begin(), options_.tags.end()};
  if (leaving) return request;
  request.set_build_slots(options_.build_slots);
  request.set_run_slots(options_.run_slots);
  absl::MutexLock lock(&mutex_);
  for (const auto& [id, active] : jobs_) {
    v1::JobStatus* job = request.add_jobs();
    job->set_job(id);
    *job->mutable_progress() = active->context->progress();
  }
  *request.mutable_bases() = {bases_.begin(), bases_.end()};
  *request.mutable_warm_builds() = {warm_builds_.begin(), warm_builds_.end()};
  request.set_max_wait_ms(jobs_.empty() ? kIdleWaitMs : kBusyWaitMs);
  return request;
}

absl::Status Agent::Synchronize(const StopToken& stop) {
  const v1::SynchronizeRequest request = Request(/*leaving=*/false);
  v1::SynchronizeResponse response;
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() +
                       std::chrono::milliseconds(request.max_wait_ms()) + std::chrono::seconds(10));
  grpc::Status status;
  {
    CancelOnStop cancel(context, stop);
    status = hub_->Synchronize(&context, request, &response);
  }
  if (!status.ok()) return FromGrpc(status);
  for (const std::string& id : response.drop()) {
    absl::MutexLock lock(&mutex_);
    if (auto found = jobs_.find(id); found != jobs_.end())
      found->second->context->stop_token().Stop();
  }
  for (const v1::Job& job : response.jobs()) Start(job);
  return absl::OkStatus();
}

void Agent::Start(const v1::Job& job) {
  absl::StatusOr<TempDir> scratch = TempDir::Make(options_.home / "jobs", "job-");
  absl::MutexLock lock(&mutex_);
  if (jobs_.contains(job.id())) return;
  if (!scratch.ok()) {
    // Not named in the next call, so the server gives it to someone else.
    spdlog::error("job {}: {}", job.id(), std::string(scratch.status().message()));
    return;
  }
  auto active = std::make_unique<ActiveJob>();
  active->job = job;
  active->context =
      std::make_shared<HubContext>(job.id(), options_.name, *std::move(scratch), artifacts_, *hub_);
  ActiveJob& started = *active;
  jobs_[job.id()] = std::move(active);
  started.thread = std::thread([this, &started] { Work(started); });
}

void Agent::Work(ActiveJob& active) {
  spdlog::info("job {}: started", active.job.id());
  const JobResult result = options_.execute(active.job, *active.context);
  spdlog::info("job {}: {} {}", active.job.id(), v1::Verdict_Name(result.verdict()),
               result.failure().summary());
  if (active.job.has_build()) {
    std::vector<v1::ImportedBase> bases = options_.list_bases();
    absl::MutexLock lock(&mutex_);
    bases_ = std::move(bases);
    if (result.verdict() == v1::PASS) warm_builds_.push_front(active.job.build().build());
    if (warm_builds_.size() > kWarmBuilds) warm_builds_.pop_back();
  }
  // Who stopped it knows.
  if (result.verdict() != v1::CANCELLED) Finish(active, result);
  absl::MutexLock lock(&mutex_);
  active.over = true;
}

// Tells the server until it has heard: a result is never lost to a server that is away.
void Agent::Finish(ActiveJob& active, const JobResult& result) {
  v1::FinishJobRequest request = result;
  request.set_job(active.job.id());
  request.set_runner(options_.name);
  while (!leaving_.stopped()) {
    absl::Status status = active.context->SendLog();
    if (status.ok() || !absl::IsUnavailable(status)) {
      grpc::ClientContext context;
      context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(30));
      v1::FinishJobResponse response;
      status = FromGrpc(hub_->FinishJob(&context, request, &response));
    }
    if (status.ok()) return;
    if (!absl::IsUnavailable(status) && !absl::IsDeadlineExceeded(status)) {
      spdlog::warn("job {}: the server does not take its end: {}", active.job.id(),
                   std::string(status.message()));
      return;
    }
    Pause(leaving_, kRetryMs);
  }
}

void Agent::Reap() {
  std::vector<std::unique_ptr<ActiveJob>> over;
  {
    absl::MutexLock lock(&mutex_);
    for (auto it = jobs_.begin(); it != jobs_.end();) {
      if (it->second->over) {
        over.push_back(std::move(it->second));
        it = jobs_.erase(it);
      } else {
        ++it;
      }
    }
  }
  for (auto& active : over) active->thread.join();
}

void Agent::SendLogs() {
  std::vector<std::shared_ptr<HubContext>> contexts;
  {
    absl::MutexLock lock(&mutex_);
    for (const auto& [id, active] : jobs_)
      if (!active->over) contexts.push_back(active->context);
  }
  for (const auto& context : contexts) context->SendLog().IgnoreError();  // Sent again later.
}

}  // namespace roxlab
