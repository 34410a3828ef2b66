// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_CLI_BOARD_FOREGROUND_H_
#define ROXLAB_CLI_BOARD_FOREGROUND_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/process.h"

namespace roxlab {

// Runs a program as a shell would: with our files, terminal and process group, so that Ctrl-C is
// its business while it runs. At `deadline` and on `stop` it gets SIGTERM, SIGKILL ten seconds
// later, and SIGTERM when we are killed. Gives its exit status; 128 + the signal that ended it.
// NOT_FOUND when argv[0] does not exist. The process has no other threads.
absl::StatusOr<int> RunInForeground(std::vector<std::string> argv, absl::Time deadline,
                                    const StopToken& stop);

}  // namespace roxlab

#endif  // ROXLAB_CLI_BOARD_FOREGROUND_H_
