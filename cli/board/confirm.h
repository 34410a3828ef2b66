// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_CLI_BOARD_CONFIRM_H_
#define ROXLAB_CLI_BOARD_CONFIRM_H_

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace roxlab {

// OK when `yes` is given, or a person at the terminal answers y or yes. INVALID_ARGUMENT when there
// is no terminal to ask at; CANCELLED for every other answer.
absl::Status Confirm(absl::string_view question, bool yes);

}  // namespace roxlab

#endif  // ROXLAB_CLI_BOARD_CONFIRM_H_
