// SPDX-License-Identifier: Apache-2.0
#include "server/lab/runner_table.h"

#include <algorithm>
#include <utility>

namespace roxlab {
namespace {

// Whether a runner says the same of itself, its jobs and boards aside.
bool IsSameSelf(const v1::SynchronizeRequest& a, const v1::SynchronizeRequest& b) {
  return a.build_slots() == b.build_slots() && a.run_slots() == b.run_slots() &&
         a.version() == b.version() &&
         std::equal(a.tags().begin(), a.tags().end(), b.tags().begin(), b.tags().end()) &&
         std::equal(a.bases().begin(), a.bases().end(), b.bases().begin(), b.bases().end(),
                    [](const v1::ImportedBase& one, const v1::ImportedBase& other) {
                      return one.name() == other.name();
                    });
}

}  // namespace

int64_t RunnerTable::Arrive(v1::SynchronizeRequest request, int64_t now_ms, int64_t wait_until_ms,
                            Reply reply) {
  auto said = std::make_shared<const v1::SynchronizeRequest>(std::move(request));
  Reply older;
  int64_t ticket = 0;
  {
    absl::MutexLock lock(&mutex_);
    Entry& entry = runners_[said->runner()];
    older = std::exchange(entry.reply, std::move(reply));
    entry.changed |= entry.said == nullptr || !IsSameSelf(*entry.said, *said);
    entry.said = std::move(said);
    entry.arrived = true;
    entry.seen_ms = now_ms;
    entry.wait_until_ms = wait_until_ms;
    entry.ticket = ticket = ++last_ticket_;
  }
  if (older) older(v1::SynchronizeResponse());
  return ticket;
}

void RunnerTable::Leave(const std::string& runner, int64_t ticket) {
  // Called for its effect: the reply is dropped, not called.
  TakeReply(runner, ticket);
}

void RunnerTable::Poke(const std::set<std::string>& runners) {
  absl::MutexLock lock(&mutex_);
  for (const std::string& name : runners) {
    if (auto found = runners_.find(name); found != runners_.end()) found->second.poked = true;
  }
}

std::vector<RunnerTable::View> RunnerTable::TakeViews() {
  absl::MutexLock lock(&mutex_);
  std::vector<View> views;
  for (auto& [name, entry] : runners_) {
    if (!entry.arrived && !entry.reply) continue;
    views.push_back({name, entry.said, std::exchange(entry.arrived, false),
                     std::exchange(entry.poked, false), std::exchange(entry.changed, false),
                     entry.reply ? entry.ticket : 0});
  }
  return views;
}

void RunnerTable::Restore(const std::vector<View>& views) {
  absl::MutexLock lock(&mutex_);
  for (const View& view : views) {
    Entry& entry = runners_[view.name];
    entry.arrived |= view.arrived;
    entry.poked |= view.poked;
    entry.changed |= view.changed;
  }
}

RunnerTable::Reply RunnerTable::TakeReply(const std::string& runner, int64_t ticket) {
  absl::MutexLock lock(&mutex_);
  auto found = runners_.find(runner);
  if (found == runners_.end() || found->second.ticket != ticket) return nullptr;
  return std::exchange(found->second.reply, nullptr);
}

std::vector<RunnerTable::Reply> RunnerTable::TakeDue(int64_t now_ms, bool unseen) {
  absl::MutexLock lock(&mutex_);
  std::vector<Reply> due;
  for (auto& [name, entry] : runners_) {
    if (entry.reply && entry.wait_until_ms <= now_ms && (unseen || !entry.arrived))
      due.push_back(std::exchange(entry.reply, nullptr));
  }
  return due;
}

std::vector<v1::Runner> RunnerTable::List(int64_t now_ms, int64_t lease_ms) const {
  absl::MutexLock lock(&mutex_);
  std::vector<v1::Runner> list;
  for (const auto& [name, entry] : runners_) {
    v1::Runner& runner = list.emplace_back();
    runner.set_name(name);
    *runner.mutable_tags() = entry.said->tags();
    runner.set_build_slots(entry.said->build_slots());
    runner.set_run_slots(entry.said->run_slots());
    runner.set_seen_ms(entry.seen_ms);
    runner.set_online(entry.online(now_ms, lease_ms));
    for (const v1::ImportedBase& base : entry.said->bases()) runner.add_bases(base.name());
    runner.set_version(entry.said->version());
  }
  return list;
}

std::set<std::string> RunnerTable::Online(int64_t now_ms, int64_t lease_ms) const {
  absl::MutexLock lock(&mutex_);
  std::set<std::string> online;
  for (const auto& [name, entry] : runners_)
    if (entry.online(now_ms, lease_ms)) online.insert(name);
  return online;
}

}  // namespace roxlab
