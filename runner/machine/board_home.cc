// SPDX-License-Identifier: Apache-2.0
#include "runner/machine/board_home.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "board/boot_methods.h"
#include "board/power_control.h"
#include "common/status_macros.h"

namespace roxlab {
namespace {

// Not another host key, a refused log-in or another resident kernel.
bool PowerMayMend(const absl::Status& status) {
  return !status.ok() && !absl::IsFailedPrecondition(status) && !absl::IsPermissionDenied(status) &&
         !absl::IsCancelled(status);
}

}  // namespace

absl::StatusOr<ReachedKernel> BoardHome::AwaitHome(const SshTarget& target,
                                                   const StopToken& stop) const {
  ROXLAB_ASSIGN_OR_RETURN(
      ReachedKernel reached,
      AwaitKernel(
          target, [](const RunningKernel& kernel) { return !kernel.under_test; },
          After(board_.timeouts().return_()), stop));
  return Checked(std::move(reached));
}

absl::StatusOr<ReachedKernel> BoardHome::Checked(ReachedKernel reached) const {
  const std::string& release = reached.kernel.release;
  if (board_.resident_kernel().empty() || release == board_.resident_kernel()) return reached;
  return absl::FailedPreconditionError(absl::StrCat("board ", board_.name(), " runs kernel ",
                                                    release, ", and its file says that its own is ",
                                                    board_.resident_kernel()));
}

absl::StatusOr<ReachedKernel> BoardHome::LeaveTest(
    const SshTarget& target, const StopToken& stop,
    const std::function<void(absl::string_view)>& say) const {
  ROXLAB_ASSIGN_OR_RETURN(ReachedKernel reached,
                          AwaitKernel(target, AnyKernel, After(board_.timeouts().connect()), stop));
  if (!reached.kernel.under_test) return Checked(std::move(reached));
  say("asking it to reboot");
  ROXLAB_RETURN_IF_ERROR(RunDetached(*reached.ssh,
                                     {board_.boot().reboot().begin(), board_.boot().reboot().end()},
                                     After(board_.timeouts().command()), stop));
  return AwaitHome(target, stop);
}

absl::StatusOr<ReachedKernel> BoardHome::Return(
    const StopToken& stop, const std::function<void(absl::string_view)>& say) const {
  ROXLAB_ASSIGN_OR_RETURN(const SshTarget target, TargetOf(board_, boards_));
  absl::StatusOr<ReachedKernel> home = LeaveTest(target, stop, say);
  const PowerControl power(board_.power());
  for (int times = 0; PowerMayMend(home.status()) && power.available() && times < 2; ++times) {
    say(absl::StrCat("switching its power off and on: ", home.status().message()));
    ROXLAB_RETURN_IF_ERROR(power.Cycle(After(board_.timeouts().power()), stop));
    home = AwaitHome(target, stop);
  }
  if (PowerMayMend(home.status()))
    return absl::UnavailableError(
        absl::StrCat("board ", board_.name(), " does not come back to its resident kernel",
                     power.available() ? "" : ", and its file has no power to switch", ": ",
                     home.status().message()));
  if (!home.ok()) return home;
  ROXLAB_RETURN_IF_ERROR(
      BootMethod::Make(board_)->Disarm(*home->ssh, After(board_.timeouts().command()), stop));
  return home;
}

}  // namespace roxlab
