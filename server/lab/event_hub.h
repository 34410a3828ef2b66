// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_SERVER_LAB_EVENT_HUB_H_
#define ROXLAB_SERVER_LAB_EVENT_HUB_H_

#include <map>
#include <memory>
#include <set>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"

namespace roxlab {

// Tells who listens that something changed; what, they read themselves, so that no event can be
// lost or come in the wrong order. Topics are ids of experiments, builds and runs (their state
// or progress), and "log:ID" (their log). Thread-safe.
class EventHub {
 public:
  class Listener {
   public:
    virtual ~Listener() = default;
    // Both are called in anybody's thread, without a lock of the hub; they must not block.
    virtual void OnEvent() = 0;
    // About ten times a second, for those who put off an event.
    virtual void OnTick() {}
  };

  // Until the listener is gone. Adds to what it subscribed to before.
  void Subscribe(const std::weak_ptr<Listener>& listener, const std::set<std::string>& topics)
      ABSL_LOCKS_EXCLUDED(mutex_);
  void Notify(const std::set<std::string>& topics) ABSL_LOCKS_EXCLUDED(mutex_);
  void Tick() ABSL_LOCKS_EXCLUDED(mutex_);

 private:
  using Listeners = std::set<std::weak_ptr<Listener>, std::owner_less<std::weak_ptr<Listener>>>;

  absl::Mutex mutex_;
  std::map<std::string, Listeners> by_topic_ ABSL_GUARDED_BY(mutex_);
  Listeners all_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace roxlab

#endif  // ROXLAB_SERVER_LAB_EVENT_HUB_H_
