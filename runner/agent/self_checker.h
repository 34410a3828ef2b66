// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_RUNNER_AGENT_SELF_CHECKER_H_
#define ROXLAB_RUNNER_AGENT_SELF_CHECKER_H_

#include <cstdint>
#include <functional>
#include <thread>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "roxlab/v1/runner_hub.pb.h"

namespace roxlab {

// Looks, when the server asks, whether this runner can do jobs; in a thread of its own, so that the
// server goes on hearing of the runner. Thread-safe.
class SelfChecker {
 public:
  explicit SelfChecker(std::function<absl::Status()> look) : look_(std::move(look)) {}
  ~SelfChecker();

  // Nothing happens while it looks, or when it has looked under this number.
  void Ask(int64_t number) ABSL_LOCKS_EXCLUDED(mutex_);
  // Fills in what was found last; whether it looks right now.
  bool Describe(v1::SynchronizeRequest* request) ABSL_LOCKS_EXCLUDED(mutex_);

 private:
  const std::function<absl::Status()> look_;
  std::thread thread_;  // Used by who asks.
  absl::Mutex mutex_;
  bool looking_ ABSL_GUARDED_BY(mutex_) = false;
  v1::SelfCheck found_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace roxlab

#endif  // ROXLAB_RUNNER_AGENT_SELF_CHECKER_H_
