// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_BOARD_REMOTE_SCRIPT_H_
#define ROXLAB_BOARD_REMOTE_SCRIPT_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "board/ssh_session.h"

namespace roxlab {

// Runs a shell script of ours on the board. What it works on are its words ($1 and so on), never
// text of it. Gives its standard output. RESOURCE_EXHAUSTED when it found a disk full; DATA_LOSS
// for its exit status kScriptDataLoss; otherwise INTERNAL with `what` and what it said.
absl::StatusOr<std::string> RunScript(SshSession& ssh, const char* script,
                                      const std::vector<std::string>& words, absl::string_view what,
                                      absl::Time deadline, const StopToken& stop);

inline constexpr int kScriptDataLoss = 65;

}  // namespace roxlab

#endif  // ROXLAB_BOARD_REMOTE_SCRIPT_H_
