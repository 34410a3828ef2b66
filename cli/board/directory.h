// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_CLI_BOARD_DIRECTORY_H_
#define ROXLAB_CLI_BOARD_DIRECTORY_H_

#include <filesystem>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "board/host_key.h"
#include "roxlab/v1/board.pb.h"

namespace roxlab {

// NOT_FOUND, with what to do, unless there is such a directory.
absl::Status RequireBoards(const std::filesystem::path& boards);

// The names of its files, right or wrong, in order; only valid names.
absl::StatusOr<std::vector<std::string>> BoardNames(const std::filesystem::path& boards);

// The board NAME. NOT_FOUND, with names that are near; INVALID_ARGUMENT "FILE:LINE: what" when its
// file is wrong.
absl::StatusOr<v1::Board> FindBoard(const std::filesystem::path& boards, const std::string& name);
// Whether there is a file of that name, right or wrong. NOT_FOUND, with names that are near.
absl::Status RequireBoard(const std::filesystem::path& boards, const std::string& name);

// "WHAT by USER": who we are for the lock; the user that called sudo, not root.
std::string PurposeOf(absl::string_view what);

// "ssh-ed25519 SHA256:...", for a person who compares.
std::string Describe(const HostKey& key);

}  // namespace roxlab

#endif  // ROXLAB_CLI_BOARD_DIRECTORY_H_
