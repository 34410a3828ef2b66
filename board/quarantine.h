// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_BOARD_QUARANTINE_H_
#define ROXLAB_BOARD_QUARANTINE_H_

#include <filesystem>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace roxlab {

// boards.d/NAME.quarantine: a board that did not come back gets no runs while it is there. Its text
// is the reason. The runner writes it, a person takes it away.
std::filesystem::path QuarantinePath(const std::filesystem::path& boards, absl::string_view board);

// The reason, without white space at its end. NOT_FOUND when the board is in no quarantine.
absl::StatusOr<std::string> ReadQuarantine(const std::filesystem::path& boards,
                                           absl::string_view board);

// Puts the board in quarantine for `*reason`. What its console said, if anything, is kept in
// boards.d/NAME.console, and the reason says so.
absl::Status WriteQuarantine(const std::filesystem::path& boards, absl::string_view board,
                             absl::string_view console, std::string* reason);

}  // namespace roxlab

#endif  // ROXLAB_BOARD_QUARANTINE_H_
