// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_RUNNER_BUILD_GIT_H_
#define ROXLAB_RUNNER_BUILD_GIT_H_

#include <filesystem>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "common/process.h"

namespace roxlab {

// git in `directory`, deaf to the user's and the system's settings, with fixed names and dates:
// what it writes depends on its arguments alone.
Command GitCommand(const std::filesystem::path& directory, std::vector<std::string> arguments);

// Its standard output without the last line end; INTERNAL with what git said when it fails.
absl::StatusOr<std::string> Git(const std::filesystem::path& directory,
                                std::vector<std::string> arguments,
                                const StopToken& stop = StopToken());

}  // namespace roxlab

#endif  // ROXLAB_RUNNER_BUILD_GIT_H_
