// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_BOARD_BOOT_METHOD_H_
#define ROXLAB_BOARD_BOOT_METHOD_H_

#include <memory>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "board/ssh_session.h"
#include "roxlab/v1/board.pb.h"

namespace roxlab {

// What to boot, once.
struct TestKernel {
  std::string image;    // Path on the board of the uncompressed Image.
  std::string cmdline;  // Whole; one line.
};

// What a boot loader asks over the serial console, and what to type then.
struct ConsoleAnswer {
  std::string prompt;
  std::string reply;
};

// Starts a kernel on a board in such a way that, whatever it does, the boot after that is the
// resident kernel's again. Used in the order Arm, Start, and Disarm from the resident kernel; by
// one thread. Each ends by its deadline or soon after `stop`; errors of SshSession, and
// FAILED_PRECONDITION for what the board lacks.
class BootMethod {
 public:
  static std::unique_ptr<BootMethod> Make(const v1::Board& board);
  virtual ~BootMethod() = default;

  // Whether the board can be booted so; for its check job.
  virtual absl::Status Check(SshSession& ssh, absl::Time deadline, const StopToken& stop) = 0;
  // Readies the kernel. INVALID_ARGUMENT for a command line that is no line, or longer than arm64's
  // 2047 bytes. After an error nothing is armed that Disarm does not take back.
  absl::Status Arm(SshSession& ssh, const TestKernel& kernel, absl::Time deadline,
                   const StopToken& stop);
  // Leaves the running kernel. OK when the board has understood; it goes a second later, and the
  // connection with it.
  virtual absl::Status Start(SshSession& ssh, absl::Time deadline, const StopToken& stop) = 0;
  // Takes back all that Arm left on the board. Harmless when there is nothing.
  virtual absl::Status Disarm(SshSession& ssh, absl::Time deadline, const StopToken& stop) = 0;

  // What has to be answered on the console between Start and the test kernel, once; known after
  // Arm. Nothing for most methods.
  virtual std::optional<ConsoleAnswer> answer() const { return std::nullopt; }

 protected:
  virtual absl::Status DoArm(SshSession& ssh, const TestKernel& kernel, absl::Time deadline,
                             const StopToken& stop) = 0;
};

}  // namespace roxlab

#endif  // ROXLAB_BOARD_BOOT_METHOD_H_
