// SPDX-License-Identifier: Apache-2.0
#include "server/lab/dispatcher.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <limits>
#include <utility>

#include "db/database.h"
#include "server/lab/event_hub.h"
#include "server/lab/lab.h"
#include "server/lab/round.h"

namespace roxlab {
namespace {

// How late a lease's end or a call's time is noticed.
constexpr absl::Duration kTick = absl::Milliseconds(100);

constexpr absl::Duration kPauseAfterError = absl::Seconds(1);

absl::Status ShuttingDown() {
  return absl::UnavailableError("the server is shutting down; call again");
}

}  // namespace

Dispatcher::~Dispatcher() { Stop(); }

void Dispatcher::Start() {
  thread_ = std::thread([this] { Loop(); });
}

void Dispatcher::Stop() {
  {
    absl::MutexLock lock(&mutex_);
    stopped_ = true;
  }
  if (thread_.joinable()) thread_.join();
  for (RunnerTable::Reply& reply :
       runners_.TakeDue(std::numeric_limits<int64_t>::max(), /*unseen=*/true))
    reply(ShuttingDown());
}

int64_t Dispatcher::Synchronize(v1::SynchronizeRequest request, RunnerTable::Reply reply) {
  if (stopped()) {
    reply(ShuttingDown());
    return 0;
  }
  const Lifecycle::Options now = lab_.Now();
  // It must call again well before its leases end.
  const int64_t wait = std::min<int64_t>(request.max_wait_ms(), now.lease_ms / 3);
  const int64_t ticket =
      runners_.Arrive(std::move(request), now.now_ms, now.now_ms + wait, std::move(reply));
  Wake();
  return ticket;
}

bool Dispatcher::stopped() {
  absl::MutexLock lock(&mutex_);
  return stopped_;
}

void Dispatcher::Wake(const std::set<std::string>& runners) {
  runners_.Poke(runners);
  absl::MutexLock lock(&mutex_);
  woken_ = true;
}

std::vector<v1::Runner> Dispatcher::Runners() const {
  const Lifecycle::Options now = lab_.Now();
  return runners_.List(now.now_ms, now.lease_ms);
}

std::set<std::string> Dispatcher::OnlineRunners() const {
  const Lifecycle::Options now = lab_.Now();
  return runners_.Online(now.now_ms, now.lease_ms);
}

void Dispatcher::Loop() {
  auto ready = [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) { return woken_ || stopped_; };
  absl::Time next_tick = absl::Now() + kTick;
  while (true) {
    {
      absl::MutexLock lock(&mutex_);
      mutex_.AwaitWithDeadline(absl::Condition(&ready), next_tick);
      if (stopped_) return;
      woken_ = false;
    }
    if (!Round()) {
      absl::MutexLock lock(&mutex_);
      mutex_.AwaitWithTimeout(absl::Condition(&stopped_), kPauseAfterError);
    }
    if (absl::Now() < next_tick) continue;
    lab_.Tick();
    next_tick = absl::Now() + kTick;
  }
}

bool Dispatcher::Round() {
  const std::vector<RunnerTable::View> views = runners_.TakeViews();
  const Lifecycle::Options now = lab_.Now();
  const std::set<std::string> online = runners_.Online(now.now_ms, now.lease_ms);
  Effects effects;
  if (online != online_) effects.changed.insert(kRunnersTopic);
  DispatchRound round(lab_, now, effects);
  absl::Status status =
      lab_.db().Write([&](Connection& connection) { return round.Run(connection, views, online); });
  if (!status.ok()) {
    spdlog::error("no work can be given out: {}", status.ToString());
    runners_.Restore(views);
    for (RunnerTable::Reply& reply : runners_.TakeDue(now.now_ms, /*unseen=*/true)) reply(status);
    return false;
  }
  online_ = online;
  lab_.Publish(effects);
  for (const RunnerTable::View& view : views) {
    auto answer = round.answers().find(view.name);
    if (answer == round.answers().end()) continue;
    // A caller that is gone, or has called again, does not name the jobs it never got in its next
    // call; they go back to the queue then.
    RunnerTable::Reply reply = runners_.TakeReply(view.name, view.ticket);
    if (reply) reply(std::move(answer->second));
  }
  v1::SynchronizeResponse nothing;
  nothing.set_lease_ms(static_cast<uint32_t>(now.lease_ms));
  for (RunnerTable::Reply& reply : runners_.TakeDue(now.now_ms, /*unseen=*/false)) reply(nothing);
  return true;
}

}  // namespace roxlab
