// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_BOARD_MARKED_BLOCK_H_
#define ROXLAB_BOARD_MARKED_BLOCK_H_

#include <string>

#include "absl/strings/string_view.h"

namespace roxlab {

// Our lines in a configuration file of somebody else's stand between two comment lines, at its end.

// `text` without our lines: as it was before WithBlock, but for a line break at its end.
std::string WithoutBlock(absl::string_view text);
// `text` with these, in place of those that it has.
std::string WithBlock(absl::string_view text, absl::string_view lines);

}  // namespace roxlab

#endif  // ROXLAB_BOARD_MARKED_BLOCK_H_
