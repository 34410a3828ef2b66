// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_SERVER_LAB_RUNNER_TABLE_H_
#define ROXLAB_SERVER_LAB_RUNNER_TABLE_H_

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "roxlab/v1/runner_hub.pb.h"

namespace roxlab {

// The runners that have called, what they said last, and their calls that wait for an answer.
// Only in memory: a restarted server learns it again with everyone's next call. Thread-safe.
class RunnerTable {
 public:
  // Called once, in anybody's thread; must not block.
  using Reply = std::function<void(absl::StatusOr<v1::SynchronizeResponse>)>;

  // A runner in one round of the dispatcher.
  struct View {
    std::string name;
    std::shared_ptr<const v1::SynchronizeRequest> said;
    bool arrived = false;  // `said` has not been looked at yet.
    bool poked = false;    // It holds a job that may be its no more.
    bool changed = false;  // List() says something else of it than at the last look.
    int64_t ticket = 0;    // Of its waiting call; 0: it cannot be told anything now.
  };

  // A runner calls. An older call of it that still waits is answered with nothing. The ticket of
  // this one.
  int64_t Arrive(v1::SynchronizeRequest request, int64_t now_ms, int64_t wait_until_ms, Reply reply)
      ABSL_LOCKS_EXCLUDED(mutex_);
  // The caller is gone.
  void Leave(const std::string& runner, int64_t ticket) ABSL_LOCKS_EXCLUDED(mutex_);
  void Poke(const std::set<std::string>& runners) ABSL_LOCKS_EXCLUDED(mutex_);

  // Those with something new to look at, and those that wait; `arrived`, `poked` and `changed` are
  // taken.
  std::vector<View> TakeViews() ABSL_LOCKS_EXCLUDED(mutex_);
  // Puts what was taken back: the round came to nothing.
  void Restore(const std::vector<View>& views) ABSL_LOCKS_EXCLUDED(mutex_);
  // The waiting call's reply, which waits no more; empty when it is gone.
  Reply TakeReply(const std::string& runner, int64_t ticket) ABSL_LOCKS_EXCLUDED(mutex_);
  // The replies of calls that have waited long enough; those that no round has looked at yet only
  // if `unseen`.
  std::vector<Reply> TakeDue(int64_t now_ms, bool unseen) ABSL_LOCKS_EXCLUDED(mutex_);

  // By name. Online: heard of within `lease_ms`. Without jobs.
  std::vector<v1::Runner> List(int64_t now_ms, int64_t lease_ms) const ABSL_LOCKS_EXCLUDED(mutex_);
  // The names of those that are online.
  std::set<std::string> Online(int64_t now_ms, int64_t lease_ms) const ABSL_LOCKS_EXCLUDED(mutex_);

 private:
  struct Entry {
    std::shared_ptr<const v1::SynchronizeRequest> said;
    bool arrived = false, poked = false, changed = false;
    int64_t seen_ms = 0, wait_until_ms = 0, ticket = 0;
    Reply reply;  // Empty: no call waits.

    bool online(int64_t now_ms, int64_t lease_ms) const { return seen_ms + lease_ms >= now_ms; }
  };

  mutable absl::Mutex mutex_;
  std::map<std::string, Entry> runners_ ABSL_GUARDED_BY(mutex_);
  int64_t last_ticket_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace roxlab

#endif  // ROXLAB_SERVER_LAB_RUNNER_TABLE_H_
