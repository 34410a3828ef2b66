// SPDX-License-Identifier: Apache-2.0
#include "runner/build/git.h"

#include "absl/strings/ascii.h"

namespace roxlab {

Command GitCommand(const std::filesystem::path& directory, std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), {"git", "-C", directory.string()});
  return Command{.argv = std::move(arguments),
                 .environment = {{"GIT_CONFIG_GLOBAL", "/dev/null"},
                                 {"GIT_CONFIG_SYSTEM", "/dev/null"},
                                 {"GIT_TERMINAL_PROMPT", "0"},
                                 {"GIT_AUTHOR_NAME", "roxlab"},
                                 {"GIT_AUTHOR_EMAIL", "roxlab@localhost"},
                                 {"GIT_AUTHOR_DATE", "2026-01-01T00:00:00Z"},
                                 {"GIT_COMMITTER_NAME", "roxlab"},
                                 {"GIT_COMMITTER_EMAIL", "roxlab@localhost"},
                                 {"GIT_COMMITTER_DATE", "2026-01-01T00:00:00Z"},
                                 {"LC_ALL", "C.UTF-8"}}};
}

absl::StatusOr<std::string> Git(const std::filesystem::path& directory,
                                std::vector<std::string> arguments, const StopToken& stop) {
  absl::StatusOr<std::string> output =
      RunAndRead(GitCommand(directory, std::move(arguments)), stop);
  if (!output.ok()) return output.status();
  return std::string(absl::StripTrailingAsciiWhitespace(*output));
}

}  // namespace roxlab
