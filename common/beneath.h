// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_COMMON_BENEATH_H_
#define ROXLAB_COMMON_BENEATH_H_

#include <filesystem>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

// Files that a program which is not trusted has written: where it may have left a symbolic link, a
// pipe or a path that leads elsewhere. Only a regular file beneath `directory`, reached through no
// symbolic link, is read; PERMISSION_DENIED for anything else, NOT_FOUND when there is nothing.
namespace roxlab {

// RESOURCE_EXHAUSTED when it has more than `limit` bytes.
absl::StatusOr<std::string> ReadBeneath(const std::filesystem::path& directory,
                                        const std::filesystem::path& relative,
                                        uint64_t limit = uint64_t{1} << 30);

// Copies it to a new file `to`.
absl::Status CopyBeneath(const std::filesystem::path& directory,
                         const std::filesystem::path& relative, const std::filesystem::path& to);

}  // namespace roxlab

#endif  // ROXLAB_COMMON_BENEATH_H_
