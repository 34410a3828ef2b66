// SPDX-License-Identifier: Apache-2.0
#include "server/lab/event_hub.h"

#include <utility>

namespace roxlab {

void EventHub::Subscribe(const std::weak_ptr<Listener>& listener,
                         const std::set<std::string>& topics) {
  const std::shared_ptr<Listener> owned = listener.lock();
  if (owned == nullptr) return;
  bool closed = false;
  {
    absl::MutexLock lock(&mutex_);
    Subscription& subscription = subscriptions_[owned.get()];
    subscription.listener = listener;
    subscription.topics.insert(topics.begin(), topics.end());
    for (const std::string& topic : topics) by_topic_[topic].insert(owned.get());
    closed = closed_;
  }
  if (closed) owned->OnClose();
}

void EventHub::Unsubscribe(const Listener* listener) {
  absl::MutexLock lock(&mutex_);
  const auto subscription = subscriptions_.find(listener);
  if (subscription == subscriptions_.end()) return;
  for (const std::string& topic : subscription->second.topics) {
    const auto found = by_topic_.find(topic);
    found->second.erase(listener);
    if (found->second.empty()) by_topic_.erase(found);
  }
  subscriptions_.erase(subscription);
}

void EventHub::Remind(const std::weak_ptr<Listener>& listener) {
  absl::MutexLock lock(&mutex_);
  to_remind_.push_back(listener);
}

void EventHub::Notify(const std::set<std::string>& topics) {
  // Owned while they are called, so that none goes away meanwhile.
  std::set<std::shared_ptr<Listener>> listeners;
  {
    absl::MutexLock lock(&mutex_);
    for (const std::string& topic : topics) {
      const auto found = by_topic_.find(topic);
      if (found == by_topic_.end()) continue;
      for (const Listener* raw : found->second)
        if (auto listener = subscriptions_.at(raw).listener.lock())
          listeners.insert(std::move(listener));
    }
  }
  for (const std::shared_ptr<Listener>& listener : listeners) listener->OnEvent();
}

void EventHub::Tick() {
  std::vector<std::weak_ptr<Listener>> listeners;
  {
    absl::MutexLock lock(&mutex_);
    listeners.swap(to_remind_);
  }
  for (const std::weak_ptr<Listener>& weak : listeners)
    if (const std::shared_ptr<Listener> listener = weak.lock()) listener->OnTick();
}

void EventHub::Close() {
  std::vector<std::shared_ptr<Listener>> listeners;
  {
    absl::MutexLock lock(&mutex_);
    closed_ = true;
    for (const auto& [raw, subscription] : subscriptions_)
      if (auto listener = subscription.listener.lock()) listeners.push_back(std::move(listener));
  }
  for (const std::shared_ptr<Listener>& listener : listeners) listener->OnClose();
}

}  // namespace roxlab
