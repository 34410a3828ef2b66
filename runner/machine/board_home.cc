// SPDX-License-Identifier: Apache-2.0
#include "runner/machine/board_home.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "board/boot_methods.h"
#include "board/power_control.h"
#include "common/status_macros.h"

namespace roxlab {
namespace {

// Between two tries to reach a board that boots.
constexpr absl::Duration kPause = absl::Milliseconds(300);

absl::Duration Seconds(uint32_t seconds) { return absl::Seconds(seconds); }

}  // namespace

absl::StatusOr<bool> BoardHome::IsHome(SshSession& ssh, const StopToken& stop) const {
  const absl::Time deadline = absl::Now() + Seconds(board_.timeouts().command());
  ROXLAB_ASSIGN_OR_RETURN(const RunningKernel kernel, ReadRunningKernel(ssh, deadline, stop));
  if (kernel.under_test) return false;
  if (!board_.resident_kernel().empty() && kernel.release != board_.resident_kernel())
    return absl::FailedPreconditionError(
        absl::StrCat("board ", board_.name(), " runs kernel ", kernel.release,
                     ", and its file says that its own is ", board_.resident_kernel()));
  return true;
}

absl::Status BoardHome::Reboot(SshSession& ssh, const StopToken& stop) const {
  return RunDetached(ssh, {board_.boot().reboot().begin(), board_.boot().reboot().end()},
                     absl::Now() + Seconds(board_.timeouts().command()), stop);
}

absl::StatusOr<std::unique_ptr<SshSession>> BoardHome::AwaitHome(const SshTarget& target,
                                                                 const StopToken& stop) const {
  const absl::Time deadline = absl::Now() + Seconds(board_.timeouts().return_());
  while (true) {
    ROXLAB_ASSIGN_OR_RETURN(std::unique_ptr<SshSession> ssh, AwaitSsh(target, deadline, stop));
    const absl::StatusOr<bool> home = IsHome(*ssh, stop);
    if (home.ok() && *home) return ssh;
    if (absl::IsFailedPrecondition(home.status()) || absl::IsCancelled(home.status()))
      return home.status();
    // Still the old one, on its way down, or a link that broke.
    if (absl::Now() >= deadline)
      return absl::DeadlineExceededError(home.ok() ? "the kernel under test still runs"
                                                   : home.status().message());
    ROXLAB_RETURN_IF_ERROR(Pause(kPause, stop));
  }
}

absl::StatusOr<std::unique_ptr<SshSession>> BoardHome::Return(
    const StopToken& stop, const std::function<void(absl::string_view)>& say) const {
  ROXLAB_ASSIGN_OR_RETURN(const SshTarget target, TargetOf(board_, boards_));
  absl::StatusOr<std::unique_ptr<SshSession>> ssh =
      SshSession::Connect(target, absl::Now() + Seconds(board_.timeouts().connect()), stop);
  if (ssh.ok()) {
    const absl::StatusOr<bool> home = IsHome(**ssh, stop);
    if (!home.ok() && !absl::IsUnavailable(home.status()) &&
        !absl::IsDeadlineExceeded(home.status()))
      return home.status();
    if (home.ok() && !*home) {
      say("asking it to reboot");
      absl::Status asked = Reboot(**ssh, stop);
      ssh = asked.ok() ? AwaitHome(target, stop) : asked;
    } else if (!home.ok()) {
      ssh = home.status();
    }
  } else if (absl::IsFailedPrecondition(ssh.status()) || absl::IsPermissionDenied(ssh.status())) {
    return ssh.status();
  }
  const PowerControl power(board_.power());
  for (int times = 0; !ssh.ok() && power.available() && times < 2; ++times) {
    if (absl::IsCancelled(ssh.status()) || absl::IsFailedPrecondition(ssh.status()))
      return ssh.status();
    say(absl::StrCat("switching its power off and on: ", ssh.status().message()));
    ROXLAB_RETURN_IF_ERROR(power.Cycle(absl::Now() + Seconds(board_.timeouts().power()), stop));
    ssh = AwaitHome(target, stop);
  }
  if (!ssh.ok()) {
    if (absl::IsCancelled(ssh.status()) || absl::IsFailedPrecondition(ssh.status()))
      return ssh.status();
    return absl::UnavailableError(
        absl::StrCat("board ", board_.name(), " does not come back to its resident kernel",
                     power.available() ? "" : ", and its file has no power to switch", ": ",
                     ssh.status().message()));
  }
  ROXLAB_RETURN_IF_ERROR(BootMethod::Make(board_)->Disarm(
      **ssh, absl::Now() + Seconds(board_.timeouts().command()), stop));
  return ssh;
}

}  // namespace roxlab
