// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_BOARD_POWER_CONTROL_H_
#define ROXLAB_BOARD_POWER_CONTROL_H_

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "common/process.h"
#include "roxlab/v1/board.pb.h"

namespace roxlab {

// Switches a board's power. Each call ends by its deadline or soon after `stop`. DEADLINE_EXCEEDED,
// CANCELLED, UNAVAILABLE (no pdudaemon there), INTERNAL with what the command or the daemon said,
// NOT_FOUND for a command that does not exist, FAILED_PRECONDITION when the board has no way to do
// it. Thread-safe.
class PowerControl {
 public:
  explicit PowerControl(v1::BoardPower power) : power_(std::move(power)) {}

  // Whether there is anything to switch with.
  bool available() const { return power_.form_case() != v1::BoardPower::FORM_NOT_SET; }

  // Whether that is there: the programs exist, pdudaemon answers. Switches nothing.
  absl::Status Check(absl::Time deadline, const StopToken& stop) const;
  absl::Status On(absl::Time deadline, const StopToken& stop) const;
  absl::Status Off(absl::Time deadline, const StopToken& stop) const;
  // Off for a moment and on again; without a command for it: off, then on.
  absl::Status Cycle(absl::Time deadline, const StopToken& stop) const;

 private:
  v1::BoardPower power_;
};

}  // namespace roxlab

#endif  // ROXLAB_BOARD_POWER_CONTROL_H_
