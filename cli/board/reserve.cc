// SPDX-License-Identifier: Apache-2.0
#include <iostream>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "board/board_lock.h"
#include "cli/board/commands.h"
#include "cli/board/directory.h"
#include "cli/board/foreground.h"
#include "cli/errors.h"
#include "common/signals.h"
#include "common/status_macros.h"

namespace roxlab {
namespace {

absl::StatusOr<absl::Duration> ParseFor(const std::string& text) {
  absl::Duration duration = absl::InfiniteDuration();
  if (text.empty()) return duration;
  if (!absl::ParseDuration(text, &duration) || duration <= absl::ZeroDuration())
    return absl::InvalidArgumentError(
        absl::StrCat("--for ", text, ": expected a time as 90s, 30m or 2h30m"));
  return duration;
}

absl::StatusOr<BoardLock> Take(const BoardChoice& choice, const ReserveOptions& options,
                               const StopToken& stop) {
  std::string purpose = PurposeOf("reserved");
  if (!options.reason.empty()) absl::StrAppend(&purpose, ": ", options.reason);
  absl::StatusOr<BoardLock> lock = BoardLock::TryLock(choice.boards, choice.name, purpose);
  if (!absl::IsUnavailable(lock.status()) || !options.wait) return lock;
  std::cerr << lock.status().message() << "; waiting" << std::endl;
  return BoardLock::Wait(choice.boards, choice.name, purpose, stop);
}

void Announce(const BoardChoice& choice, const BoardLock& lock, absl::Time end) {
  if (lock.left_behind())
    std::cerr << "whoever had it last was killed, so it may be in any state: "
              << lock.left_behind()->Describe() << "\n";
  std::cerr << "board '" << choice.name << "' is reserved";
  if (end != absl::InfiniteFuture())
    std::cerr << " until " << absl::FormatTime("%F %T", end, absl::LocalTimeZone());
}

}  // namespace

absl::StatusOr<int> ReserveBoard(const BoardChoice& choice, const ReserveOptions& options) {
  // A board whose file is wrong can be reserved: while it is mended, for instance.
  ROXLAB_RETURN_IF_ERROR(RequireBoard(choice.boards, choice.name));
  ROXLAB_ASSIGN_OR_RETURN(const absl::Duration duration, ParseFor(options.duration));
  const StopToken stop = StopOnSignals();
  const absl::StatusOr<BoardLock> lock = Take(choice, options, stop);
  if (absl::IsUnavailable(lock.status())) return PrintTaken(lock.status());
  ROXLAB_RETURN_IF_ERROR(lock.status());
  const absl::Time end = absl::Now() + duration;
  Announce(choice, *lock, end);
  if (!options.command.empty()) {
    std::cerr << std::endl;
    return RunInForeground(options.command, end, stop);
  }
  std::cerr << "; Ctrl-C gives it back" << std::endl;
  // Both ends are what was asked for.
  Pause(end - absl::Now(), stop).IgnoreError();
  return kExitOk;
}

}  // namespace roxlab
