// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_BOARD_BOARD_FILE_H_
#define ROXLAB_BOARD_BOARD_FILE_H_

#include <filesystem>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "roxlab/v1/board.pb.h"

namespace roxlab {

// What a boards.d holds. A board whose file is wrong is not among `boards` and has an error; the
// others work on.
struct BoardFiles {
  std::vector<v1::Board> boards;     // By name, with defaults filled in.
  std::vector<absl::Status> errors;  // Each begins with FILE:LINE.
};

// Where boards are when nobody says it: boards.d in the runner's home.
std::filesystem::path BoardsOf(const std::filesystem::path& home);

// Every *.yaml of `directory`. A missing directory holds no boards. INTERNAL and the like when it
// cannot be read.
absl::StatusOr<BoardFiles> LoadBoards(const std::filesystem::path& directory);

// One file. INVALID_ARGUMENT "FILE:LINE: what" when it is wrong.
absl::StatusOr<v1::Board> LoadBoard(const std::filesystem::path& file);

// Reads the text of a board's file; `file` gives the name that the board must have, the folder of
// its key, and the words of errors. Defaults are filled in.
absl::StatusOr<v1::Board> ReadBoard(absl::string_view text, const std::filesystem::path& file);

// The board as the text of a file that ReadBoard reads back: keys in the order of the proto.
std::string WriteBoard(const v1::Board& board);

}  // namespace roxlab

#endif  // ROXLAB_BOARD_BOARD_FILE_H_
