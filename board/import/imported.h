// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_BOARD_IMPORT_IMPORTED_H_
#define ROXLAB_BOARD_IMPORT_IMPORTED_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "roxlab/v1/board.pb.h"

namespace roxlab {

// What an import of another lab's file gave.
struct ImportedBoard {
  v1::Board board;  // Without defaults; may lack what ReadBoard wants.
  // What the file says and the board does not, or only nearly: "FILE:LINE: KEY: why".
  std::vector<std::string> left_out;
  // What a person has to write: "host: ...".
  std::vector<std::string> to_write;
};

// A command line of such a file as words: spaces separate, quotes and backslashes are a shell's;
// everything else is text, since those labs do not use a shell either. Empty when a quote is open.
std::vector<std::string> SplitWords(absl::string_view text);

// Several commands as one argv; they run in order, the first failure ends it.
std::vector<std::string> InOrder(const std::vector<std::string>& commands);

// Adds to `to_write` what every board needs and this one lacks; `boot` is kexec for want of better.
void Complete(ImportedBoard* imported);

}  // namespace roxlab

#endif  // ROXLAB_BOARD_IMPORT_IMPORTED_H_
