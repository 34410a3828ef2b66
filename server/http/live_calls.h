// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_SERVER_HTTP_LIVE_CALLS_H_
#define ROXLAB_SERVER_HTTP_LIVE_CALLS_H_

#include <map>
#include <memory>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"

namespace roxlab {

// A client's call on its way through gRPC.
class Call {
 public:
  virtual ~Call() = default;
  // Nobody waits for it any more.
  virtual void Cancel() = 0;
  // The server is shutting down: a stream ends and says so, a unary call goes on.
  virtual void EndStream() {}
};

// The calls that there are, which it keeps alive. Thread-safe.
class LiveCalls {
 public:
  explicit LiveCalls(size_t max_streams) : max_streams_(max_streams) {}

  // RESOURCE_EXHAUSTED: too many streams. UNAVAILABLE: shutting down.
  absl::Status Add(std::shared_ptr<Call> call, bool stream) ABSL_LOCKS_EXCLUDED(mutex_);
  // A call's last act.
  void Remove(const Call* call) ABSL_LOCKS_EXCLUDED(mutex_);

  // Ends all streams; from now on there are no new calls.
  void EndStreams() ABSL_LOCKS_EXCLUDED(mutex_);
  // Cancels what is left, and returns when nothing is.
  void CancelAll() ABSL_LOCKS_EXCLUDED(mutex_);

 private:
  struct Entry {
    std::shared_ptr<Call> call;
    bool stream;
  };
  // Of all, after which there are no new ones.
  std::vector<std::shared_ptr<Call>> Last() ABSL_LOCKS_EXCLUDED(mutex_);
  bool empty() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) { return calls_.empty(); }

  const size_t max_streams_;
  absl::Mutex mutex_;
  std::map<const Call*, Entry> calls_ ABSL_GUARDED_BY(mutex_);
  size_t streams_ ABSL_GUARDED_BY(mutex_) = 0;
  bool ending_ ABSL_GUARDED_BY(mutex_) = false;
};

// What streams and refused calls are told at the end.
absl::Status ShuttingDown();

}  // namespace roxlab

#endif  // ROXLAB_SERVER_HTTP_LIVE_CALLS_H_
