// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_SERVER_LAB_EVENT_HUB_H_
#define ROXLAB_SERVER_LAB_EVENT_HUB_H_

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"

namespace roxlab {

// Beside ids: a change of any runner or board; any change at all, but for logs.
inline constexpr char kRunnersTopic[] = "runners";
inline constexpr char kEverythingTopic[] = "*";

// Tells who listens that something changed; what, they read themselves, so that no event can be
// lost or come in the wrong order. Topics are ids of experiments, builds and runs (their state
// or progress), "log:ID" (their log), and those above. Who listens and hears nothing costs nothing.
// Thread-safe.
class EventHub {
 public:
  class Listener {
   public:
    virtual ~Listener() = default;
    // All are called in anybody's thread, without a lock of the hub; they must not block.
    virtual void OnEvent() = 0;
    // Once after each Remind(), about a tenth of a second later.
    virtual void OnTick() {}
    // There will be no more events: the lab is about to close.
    virtual void OnClose() {}
  };

  // Until Unsubscribe(), which the listener's destructor calls. Adds to what it subscribed to
  // before. After Close() the listener is told so at once.
  void Subscribe(const std::weak_ptr<Listener>& listener, const std::set<std::string>& topics)
      ABSL_LOCKS_EXCLUDED(mutex_);
  // Harmless for one that never subscribed.
  void Unsubscribe(const Listener* listener) ABSL_LOCKS_EXCLUDED(mutex_);
  // For those who put off an event.
  void Remind(const std::weak_ptr<Listener>& listener) ABSL_LOCKS_EXCLUDED(mutex_);

  void Notify(const std::set<std::string>& topics) ABSL_LOCKS_EXCLUDED(mutex_);
  void Tick() ABSL_LOCKS_EXCLUDED(mutex_);
  void Close() ABSL_LOCKS_EXCLUDED(mutex_);

 private:
  struct Subscription {
    std::weak_ptr<Listener> listener;
    std::set<std::string> topics;
  };

  absl::Mutex mutex_;
  std::map<const Listener*, Subscription> subscriptions_ ABSL_GUARDED_BY(mutex_);
  std::map<std::string, std::set<const Listener*>> by_topic_ ABSL_GUARDED_BY(mutex_);
  std::vector<std::weak_ptr<Listener>> to_remind_ ABSL_GUARDED_BY(mutex_);
  bool closed_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace roxlab

#endif  // ROXLAB_SERVER_LAB_EVENT_HUB_H_
