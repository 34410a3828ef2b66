// SPDX-License-Identifier: Apache-2.0
#include "cli/board/confirm.h"

#include <unistd.h>

#include <iostream>
#include <string>

#include "absl/strings/ascii.h"

namespace roxlab {

absl::Status Confirm(absl::string_view question, bool yes) {
  if (yes) return absl::OkStatus();
  if (isatty(STDIN_FILENO) == 0)
    return absl::InvalidArgumentError("no terminal to ask at: look at the above, then give --yes");
  std::cerr << question << " [y/N] " << std::flush;
  std::string answer;
  std::getline(std::cin, answer);
  answer = absl::AsciiStrToLower(absl::StripAsciiWhitespace(answer));
  if (answer == "y" || answer == "yes") return absl::OkStatus();
  return absl::CancelledError("left as it was");
}

}  // namespace roxlab
