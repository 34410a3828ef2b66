// SPDX-License-Identifier: Apache-2.0
#include "board/running_kernel.h"

#include <algorithm>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "common/status_macros.h"

namespace roxlab {
namespace {

// Between two tries to reach a board that boots.
constexpr absl::Duration kPause = absl::Milliseconds(300);
// A try may hang, in a half-booted system or at a kernel that goes without a word, where another
// would succeed.
constexpr absl::Duration kTry = absl::Seconds(10);

constexpr char kReadKernel[] =
    "cat /proc/sys/kernel/random/boot_id && uname -r && cat /proc/cmdline";

absl::StatusOr<ReachedKernel> TryOnce(const SshTarget& target, absl::Time deadline,
                                      const StopToken& stop) {
  ReachedKernel reached;
  ROXLAB_ASSIGN_OR_RETURN(reached.ssh, SshSession::Connect(target, deadline, stop));
  ROXLAB_ASSIGN_OR_RETURN(reached.kernel, ReadRunningKernel(*reached.ssh, deadline, stop));
  return reached;
}

}  // namespace

absl::Time After(uint32_t seconds) { return absl::Now() + absl::Seconds(seconds); }

bool IsAway(const absl::Status& status) {
  return absl::IsUnavailable(status) || absl::IsDeadlineExceeded(status);
}

bool AnyKernel(const RunningKernel&) { return true; }

absl::StatusOr<RunningKernel> ReadRunningKernel(SshSession& ssh, absl::Time deadline,
                                                const StopToken& stop) {
  ROXLAB_ASSIGN_OR_RETURN(const std::string text,
                          ssh.RunAndRead({"sh", "-c", kReadKernel}, deadline, stop));
  const std::vector<std::string> lines = absl::StrSplit(text, absl::MaxSplits('\n', 2));
  if (lines.size() != 3) return absl::InternalError("the board does not tell which kernel it runs");
  return RunningKernel{lines[0], lines[1], absl::StrContains(lines[2], kTestMark)};
}

absl::StatusOr<ReachedKernel> AwaitKernel(const SshTarget& target,
                                          const std::function<bool(const RunningKernel&)>& wanted,
                                          absl::Time deadline, const StopToken& stop) {
  std::string last;  // What the last try came to that was not cut short by `deadline`.
  while (true) {
    const absl::Time try_until = std::min(deadline, absl::Now() + kTry);
    absl::StatusOr<ReachedKernel> reached = TryOnce(target, try_until, stop);
    if (reached.ok() && wanted(reached->kernel)) return reached;
    if (!reached.ok() && !IsAway(reached.status())) return reached;
    if (reached.ok())
      last = absl::StrCat("kernel ", reached->kernel.release, " runs on as before");
    else if (last.empty() || absl::Now() < deadline)
      last = std::string(reached.status().message());
    if (absl::Now() >= deadline) return absl::DeadlineExceededError(last);
    ROXLAB_RETURN_IF_ERROR(Pause(kPause, stop));
  }
}

}  // namespace roxlab
