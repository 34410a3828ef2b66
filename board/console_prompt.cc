// SPDX-License-Identifier: Apache-2.0
#include "board/console_prompt.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace roxlab {

bool ConsolePrompt::Feed(absl::string_view bytes) {
  if (seen_) return false;
  absl::StrAppend(&tail_, bytes);
  seen_ = absl::StrContains(tail_, prompt_);
  const size_t keep = std::min(tail_.size(), prompt_.size() - 1);
  tail_.erase(0, tail_.size() - keep);
  return seen_;
}

}  // namespace roxlab
