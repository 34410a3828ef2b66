// SPDX-License-Identifier: Apache-2.0
#include "server/lab/event_hub.h"

#include <vector>

namespace roxlab {

void EventHub::Subscribe(const std::weak_ptr<Listener>& listener,
                         const std::set<std::string>& topics) {
  absl::MutexLock lock(&mutex_);
  all_.insert(listener);
  for (const std::string& topic : topics) by_topic_[topic].insert(listener);
}

void EventHub::Notify(const std::set<std::string>& topics) {
  // Owned while they are called, so that none goes away meanwhile.
  std::set<std::shared_ptr<Listener>> listeners;
  {
    absl::MutexLock lock(&mutex_);
    for (const std::string& topic : topics) {
      auto found = by_topic_.find(topic);
      if (found == by_topic_.end()) continue;
      for (const std::weak_ptr<Listener>& weak : found->second) {
        if (std::shared_ptr<Listener> listener = weak.lock()) listeners.insert(listener);
      }
    }
  }
  for (const std::shared_ptr<Listener>& listener : listeners) listener->OnEvent();
}

void EventHub::Tick() {
  std::vector<std::shared_ptr<Listener>> listeners;
  {
    absl::MutexLock lock(&mutex_);
    const auto gone = [](const std::weak_ptr<Listener>& weak) { return weak.expired(); };
    if (std::erase_if(all_, gone) > 0) {
      for (auto& [topic, set] : by_topic_) std::erase_if(set, gone);
      std::erase_if(by_topic_, [](const auto& entry) { return entry.second.empty(); });
    }
    for (const std::weak_ptr<Listener>& weak : all_) {
      if (std::shared_ptr<Listener> listener = weak.lock()) listeners.push_back(listener);
    }
  }
  for (const std::shared_ptr<Listener>& listener : listeners) listener->OnTick();
}

}  // namespace roxlab
