// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_BOARD_CONSOLE_PROMPT_H_
#define ROXLAB_BOARD_CONSOLE_PROMPT_H_

#include <string>
#include <utility>

#include "absl/strings/string_view.h"

namespace roxlab {

// Looks for a prompt in a console that comes in pieces of any size; for ConsoleAnswer.
class ConsolePrompt {
 public:
  explicit ConsolePrompt(std::string prompt) : prompt_(std::move(prompt)) {}
  // Whether the prompt has just become whole: true once, and never again.
  bool Feed(absl::string_view bytes);

 private:
  std::string prompt_;
  std::string tail_;  // Shorter than the prompt.
  bool seen_ = false;
};

}  // namespace roxlab

#endif  // ROXLAB_BOARD_CONSOLE_PROMPT_H_
