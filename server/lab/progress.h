// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_SERVER_LAB_PROGRESS_H_
#define ROXLAB_SERVER_LAB_PROGRESS_H_

#include <map>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "roxlab/v1/record.pb.h"

namespace roxlab {

// How far each build and run is, by its id. Only in memory: after a restart the runners say it
// again. Thread-safe.
class ProgressBoard {
 public:
  // Whether that is news.
  bool Set(const std::string& target, const v1::Progress& progress) {
    absl::MutexLock lock(&mutex_);
    v1::Progress& known = by_target_[target];
    if (known.stage() == progress.stage() && known.done() == progress.done() &&
        known.total() == progress.total())
      return false;
    known = progress;
    return true;
  }
  void Clear(const std::string& target) {
    absl::MutexLock lock(&mutex_);
    by_target_.erase(target);
  }
  // Fills in the progress of a build or run that is under way, if something is known.
  template <typename Target>
  void AddTo(Target& target) const {
    if (target.state() != v1::RUNNING) return;
    absl::MutexLock lock(&mutex_);
    auto found = by_target_.find(target.id());
    if (found != by_target_.end()) *target.mutable_progress() = found->second;
  }

 private:
  mutable absl::Mutex mutex_;
  std::map<std::string, v1::Progress> by_target_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace roxlab

#endif  // ROXLAB_SERVER_LAB_PROGRESS_H_
