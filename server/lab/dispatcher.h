// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_SERVER_LAB_DISPATCHER_H_
#define ROXLAB_SERVER_LAB_DISPATCHER_H_

#include <cstdint>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "roxlab/v1/runner_hub.pb.h"
#include "server/lab/runner_table.h"

namespace roxlab {

class Lab;

// Gives work to runners. One thread goes in rounds: it looks at what runners have said since the
// last one, takes back lost leases and hands out jobs, all in one transaction; what comes while a
// round runs waits for the next, so the load makes rounds larger, not more. Thread-safe.
class Dispatcher {
 public:
  explicit Dispatcher(Lab& lab) : lab_(lab) {}
  ~Dispatcher();

  void Start();
  // Answers all waiting calls with UNAVAILABLE, and every later one. Harmless twice.
  void Stop() ABSL_LOCKS_EXCLUDED(mutex_);

  // A runner's call; `reply` comes at once when there is news, otherwise when its time is up.
  // Never blocks. The ticket to leave with.
  int64_t Synchronize(v1::SynchronizeRequest request, RunnerTable::Reply reply);
  void Leave(const std::string& runner, int64_t ticket) { runners_.Leave(runner, ticket); }

  // There is something to do; `runners` may have lost jobs.
  void Wake(const std::set<std::string>& runners = {}) ABSL_LOCKS_EXCLUDED(mutex_);

  std::vector<v1::Runner> Runners() const;
  // Their names.
  std::set<std::string> OnlineRunners() const;

 private:
  bool stopped() ABSL_LOCKS_EXCLUDED(mutex_);
  void Loop() ABSL_LOCKS_EXCLUDED(mutex_);
  // False when it came to nothing, for want of a working database.
  bool Round();

  Lab& lab_;
  RunnerTable runners_;
  std::set<std::string> online_;  // Runners, at the last round. Only used by the thread.
  std::thread thread_;
  absl::Mutex mutex_;
  bool woken_ ABSL_GUARDED_BY(mutex_) = true;
  bool stopped_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace roxlab

#endif  // ROXLAB_SERVER_LAB_DISPATCHER_H_
