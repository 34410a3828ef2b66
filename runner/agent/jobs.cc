// SPDX-License-Identifier: Apache-2.0
#include "runner/agent/jobs.h"

#include <grpcpp/client_context.h>
#include <poll.h>
#include <spdlog/spdlog.h>

#include <chrono>
#include <utility>

#include "client/grpc_status.h"

namespace roxlab {
namespace {

constexpr size_t kWarmBuilds = 64;
constexpr int kLogIntervalMs = 200;

}  // namespace

void PauseUnlessStopped(const StopToken& stop, int ms) {
  pollfd fd = {stop.fd(), POLLIN, 0};
  poll(&fd, 1, ms);
}

Jobs::Jobs(const AgentOptions& options, v1::RunnerHub::Stub& hub, ArtifactClient& artifacts)
    : options_(options),
      hub_(hub),
      artifacts_(artifacts),
      bases_(options.list_bases()),
      log_sender_([this] {
        while (!logs_done_.stopped()) {
          SendLogs();
          PauseUnlessStopped(logs_done_, kLogIntervalMs);
        }
      }) {}

Jobs::~Jobs() {
  leaving_.Stop();
  std::map<std::string, std::unique_ptr<ActiveJob>> left;
  {
    absl::MutexLock lock(&mutex_);
    for (auto& [id, active] : jobs_) active->context->stop_token().Stop();
    left.swap(jobs_);
  }
  for (auto& [id, active] : left) active->thread.join();
  logs_done_.Stop();
  log_sender_.join();
}

void Jobs::Describe(v1::SynchronizeRequest* request) {
  absl::MutexLock lock(&mutex_);
  for (const auto& [id, active] : jobs_) {
    v1::JobStatus* job = request->add_jobs();
    job->set_job(id);
    *job->mutable_progress() = active->context->progress();
  }
  *request->mutable_bases() = {bases_.begin(), bases_.end()};
  *request->mutable_warm_builds() = {warm_builds_.begin(), warm_builds_.end()};
}

void Jobs::Drop(const std::string& id) {
  absl::MutexLock lock(&mutex_);
  if (auto found = jobs_.find(id); found != jobs_.end())
    found->second->context->stop_token().Stop();
}

void Jobs::Start(const v1::Job& job) {
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
      std::make_shared<HubContext>(job.id(), options_.name, *std::move(scratch), artifacts_, hub_);
  ActiveJob& started = *active;
  jobs_[job.id()] = std::move(active);
  started.thread = std::thread([this, &started] { Work(started); });
}

void Jobs::Work(ActiveJob& active) {
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
void Jobs::Finish(ActiveJob& active, const JobResult& result) {
  v1::FinishJobRequest request = result;
  request.set_job(active.job.id());
  request.set_runner(options_.name);
  while (!leaving_.stopped()) {
    absl::Status status = active.context->SendLog();
    if (!absl::IsUnavailable(status) && !absl::IsDeadlineExceeded(status)) {
      grpc::ClientContext context;
      context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(30));
      v1::FinishJobResponse response;
      status = FromGrpc(hub_.FinishJob(&context, request, &response));
    }
    if (status.ok()) return;
    if (absl::IsFailedPrecondition(status) || absl::IsNotFound(status) ||
        absl::IsInvalidArgument(status)) {
      spdlog::warn("job {}: the server does not take its end: {}", active.job.id(),
                   std::string(status.message()));
      return;
    }
    PauseUnlessStopped(leaving_, kRetryMs);
  }
}

void Jobs::Reap() {
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

void Jobs::SendLogs() {
  std::vector<std::shared_ptr<HubContext>> contexts;
  {
    absl::MutexLock lock(&mutex_);
    for (const auto& [id, active] : jobs_)
      if (!active->over) contexts.push_back(active->context);
  }
  for (const auto& context : contexts) context->SendLog().IgnoreError();  // Sent again later.
}

}  // namespace roxlab
