// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_COMMON_LINK_GUARD_H_
#define ROXLAB_COMMON_LINK_GUARD_H_

#include <atomic>
#include <functional>
#include <thread>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "common/files.h"
#include "common/process.h"

namespace roxlab {

// Gives calls of a library that knows neither deadline nor token both: while it lives, a thread
// cuts the connection when the time is over or `stop` is stopped, and the blocked call returns with
// an error of its own.
class LinkGuard {
 public:
  // `cut` is called in the guard's thread, at most once.
  LinkGuard(std::function<void()> cut, absl::Time deadline, const StopToken& stop);
  // Cuts by shutting `socket` down.
  LinkGuard(int socket, absl::Time deadline, const StopToken& stop);
  ~LinkGuard();
  LinkGuard(const LinkGuard&) = delete;
  LinkGuard& operator=(const LinkGuard&) = delete;

  // DEADLINE_EXCEEDED or CANCELLED, saying `what` was being done, if the guard cut the link; OK
  // otherwise.
  absl::Status Verdict(absl::string_view what) const;

 private:
  void Watch(absl::Time deadline, const StopToken& stop);

  std::function<void()> cut_;
  UniqueFd done_;
  std::atomic<absl::StatusCode> cause_ = absl::StatusCode::kOk;
  std::thread thread_;
};

}  // namespace roxlab

#endif  // ROXLAB_COMMON_LINK_GUARD_H_
