// SPDX-License-Identifier: Apache-2.0
#include "board/remote_script.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/status_macros.h"

namespace roxlab {

absl::StatusOr<std::string> RunScript(SshSession& ssh, const char* script,
                                      const std::vector<std::string>& words, absl::string_view what,
                                      absl::Time deadline, const StopToken& stop) {
  std::vector<std::string> argv = {"sh", "-c", script, "roxlab"};
  argv.insert(argv.end(), words.begin(), words.end());
  ROXLAB_ASSIGN_OR_RETURN(RemoteResult result, ssh.Run(argv, "", deadline, stop));
  if (result.ok()) return std::move(result.output);
  const std::string text = absl::StrCat(what, " on the board: ", result.Describe());
  if (result.exit_status == kScriptDataLoss) return absl::DataLossError(text);
  if (absl::StrContains(result.errors, "No space left")) return absl::ResourceExhaustedError(text);
  return absl::InternalError(text);
}

}  // namespace roxlab
