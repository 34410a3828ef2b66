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

}  // namespace roxlab

#endif  // ROXLAB_BOARD_QUARANTINE_H_
