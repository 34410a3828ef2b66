// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_BOARD_BOARD_CHECK_H_
#define ROXLAB_BOARD_BOARD_CHECK_H_

#include <optional>
#include <string>
#include <vector>

#include "roxlab/v1/board.pb.h"

namespace roxlab {

// What is wrong with a board, and at which key.
struct BoardProblem {
  std::vector<std::string> key;  // From the top, e.g. {"serial", "tcp"}.
  std::string what;
};

// The first thing that keeps a board from being used; nothing when it is complete.
std::optional<BoardProblem> FindBoardProblem(const v1::Board& board);

// Puts the documented default in place of each zero or empty value that has one.
void FillBoardDefaults(v1::Board* board);

}  // namespace roxlab

#endif  // ROXLAB_BOARD_BOARD_CHECK_H_
