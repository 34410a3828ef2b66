// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_RUNNER_MACHINE_BOARD_HOME_H_
#define ROXLAB_RUNNER_MACHINE_BOARD_HOME_H_

#include <filesystem>
#include <functional>
#include <string>

#include "absl/status/statusor.h"
#include "board/running_kernel.h"
#include "board/ssh_session.h"
#include "common/process.h"
#include "roxlab/v1/board.pb.h"

namespace roxlab {

// Brings a board back to the kernel that it boots by itself, whatever it does now: by itself if it
// is there, by a reboot if it can be asked, by power otherwise. The caller has the board's lock.
class BoardHome {
 public:
  BoardHome(const v1::Board& board, std::filesystem::path boards)
      : board_(board), boards_(std::move(boards)) {}

  // Logged in at the resident kernel, where nothing of a test is armed any more. `say` hears in a
  // line each what is done. FAILED_PRECONDITION: another kernel came up than the resident one, or
  // the host key is not known; UNAVAILABLE: it does not come back; CANCELLED.
  absl::StatusOr<ReachedKernel> Return(const StopToken& stop,
                                       const std::function<void(absl::string_view)>& say) const;

 private:
  // From whatever answers now, without power.
  absl::StatusOr<ReachedKernel> LeaveTest(const SshTarget& target, const StopToken& stop,
                                          const std::function<void(absl::string_view)>& say) const;
  // After a reset: until the resident kernel answers.
  absl::StatusOr<ReachedKernel> AwaitHome(const SshTarget& target, const StopToken& stop) const;
  // Whether it is the resident kernel that the board's file names.
  absl::StatusOr<ReachedKernel> Checked(ReachedKernel reached) const;

  const v1::Board board_;
  const std::filesystem::path boards_;
};

}  // namespace roxlab

#endif  // ROXLAB_RUNNER_MACHINE_BOARD_HOME_H_
