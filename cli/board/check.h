// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_CLI_BOARD_CHECK_H_
#define ROXLAB_CLI_BOARD_CHECK_H_

#include <memory>
#include <optional>
#include <ostream>
#include <string>

#include "absl/status/statusor.h"
#include "board/running_kernel.h"
#include "board/ssh_session.h"
#include "cli/board/commands.h"
#include "roxlab/v1/board.pb.h"

namespace roxlab {

// Tries all that a run needs of a board, step by step, and says of each how it went: one line
// "ok|FAIL|- NAME TEXT", where "-" was not tried since what it needs failed. An error's text ends
// with what to do. The caller has the board's lock. One thread; used once.
class BoardCheck {
 public:
  BoardCheck(const BoardChoice& choice, bool power_cycle, const StopToken& stop, std::ostream& out)
      : choice_(choice), power_cycle_(power_cycle), stop_(stop), out_(out) {}

  // Whether all is well.
  bool Run();

 private:
  using Outcome = absl::StatusOr<std::string>;
  struct Step;

  Outcome FileIsRight();
  Outcome HostKeyKnown();
  Outcome SerialOpens();
  Outcome PowerThere();
  Outcome LogsIn();
  Outcome IsRoot();
  Outcome RunsResident();
  Outcome WorkHasRoom();
  Outcome BootMethodFits();

  const char* Missing(const Step& step) const;
  Outcome PowerCycles();
  // A connection that is of another boot than the one before the power went off.
  absl::StatusOr<std::unique_ptr<SshSession>> Reach();
  absl::StatusOr<uint64_t> CachedBytes();
  absl::Time CommandEnd() const;
  void Print(const char* result, const char* step, const std::string& text);

  const BoardChoice choice_;
  const bool power_cycle_;
  const StopToken stop_;
  std::ostream& out_;
  v1::Board board_;                  // Once its file has been read.
  std::optional<SshTarget> target_;  // Once its host key is known.
  std::unique_ptr<SshSession> ssh_;
  bool cycled_ = false;
  std::string boot_before_;  // Its boot id before that; empty: not known.
};

}  // namespace roxlab

#endif  // ROXLAB_CLI_BOARD_CHECK_H_
