// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_BOARD_RUNNING_KERNEL_H_
#define ROXLAB_BOARD_RUNNING_KERNEL_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "board/ssh_session.h"

namespace roxlab {

// The end of a step that may take so many seconds (v1::BoardTimeouts) from now.
absl::Time After(uint32_t seconds);

// Whether the board does not answer: not, or not in time. Every other error is its answer.
bool IsAway(const absl::Status& status);

// On the kernel command line of every kernel under test, with the run's seed, and of no resident
// one.
inline constexpr absl::string_view kTestMark = "roxlab.seed=";

// The kernel that a board runs at a moment.
struct RunningKernel {
  std::string boot_id;  // Of /proc/sys/kernel/random: differs with every boot.
  std::string release;  // uname -r
  bool under_test = false;
};

// Errors of SshSession.
absl::StatusOr<RunningKernel> ReadRunningKernel(SshSession& ssh, absl::Time deadline,
                                                const StopToken& stop);

// A connection, and the kernel at its other end.
struct ReachedKernel {
  std::unique_ptr<SshSession> ssh;
  RunningKernel kernel;
};

bool AnyKernel(const RunningKernel& kernel);

// Reaches a kernel that is `wanted`, trying again and again until `deadline`, as while a board
// boots. DEADLINE_EXCEEDED with the last reason; what time does not mend (log-in refused, another
// host key) at once.
absl::StatusOr<ReachedKernel> AwaitKernel(const SshTarget& target,
                                          const std::function<bool(const RunningKernel&)>& wanted,
                                          absl::Time deadline, const StopToken& stop);

}  // namespace roxlab

#endif  // ROXLAB_BOARD_RUNNING_KERNEL_H_
