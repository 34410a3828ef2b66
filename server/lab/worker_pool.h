// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_SERVER_LAB_WORKER_POOL_H_
#define ROXLAB_SERVER_LAB_WORKER_POOL_H_

#include <deque>
#include <functional>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"

namespace roxlab {

// The threads in which requests are worked on. gRPC's own threads only receive and send, so that a
// request that waits for the disk holds up nobody else, and the number of threads stays the same
// however many runners there are. Thread-safe.
class WorkerPool {
 public:
  explicit WorkerPool(int threads);
  // Does what was submitted before it returns.
  ~WorkerPool();

  void Submit(std::function<void()> work) ABSL_LOCKS_EXCLUDED(mutex_);

 private:
  void Work() ABSL_LOCKS_EXCLUDED(mutex_);

  absl::Mutex mutex_;
  std::deque<std::function<void()>> queue_ ABSL_GUARDED_BY(mutex_);
  bool closed_ ABSL_GUARDED_BY(mutex_) = false;
  std::vector<std::thread> threads_;
};

}  // namespace roxlab

#endif  // ROXLAB_SERVER_LAB_WORKER_POOL_H_
