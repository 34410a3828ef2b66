// SPDX-License-Identifier: Apache-2.0
#include "board/running_kernel.h"

#include <algorithm>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "common/status_macros.h"

namespace roxlab {
namespace {

// Between two tries to reach a board that boots.
constexpr absl::Duration kPause = absl::Milliseconds(300);

constexpr char kReadKernel[] =
    "cat /proc/sys/kernel/random/boot_id && uname -r && cat /proc/cmdline";

}  // namespace

absl::StatusOr<RunningKernel> ReadRunningKernel(SshSession& ssh, absl::Time deadline,
                                                const StopToken& stop) {
  ROXLAB_ASSIGN_OR_RETURN(const std::string text,
                          ssh.RunAndRead({"sh", "-c", kReadKernel}, deadline, stop));
  const std::vector<std::string> lines = absl::StrSplit(text, absl::MaxSplits('\n', 2));
  if (lines.size() != 3) return absl::InternalError("the board does not tell which kernel it runs");
  return RunningKernel{lines[0], lines[1], absl::StrContains(lines[2], kTestMark)};
}

absl::StatusOr<std::unique_ptr<SshSession>> AwaitSsh(const SshTarget& target, absl::Time deadline,
                                                     const StopToken& stop) {
  while (true) {
    // A try may hang in a half-booted system, and another would succeed.
    const absl::Time try_until = std::min(deadline, absl::Now() + absl::Seconds(10));
    absl::StatusOr<std::unique_ptr<SshSession>> ssh = SshSession::Connect(target, try_until, stop);
    const bool may_mend =
        absl::IsUnavailable(ssh.status()) || absl::IsDeadlineExceeded(ssh.status());
    if (ssh.ok() || !may_mend) return ssh;
    if (absl::Now() >= deadline) return absl::DeadlineExceededError(ssh.status().message());
    ROXLAB_RETURN_IF_ERROR(Pause(kPause, stop));
  }
}

}  // namespace roxlab
