// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_COMMON_SPAWN_H_
#define ROXLAB_COMMON_SPAWN_H_

#include <sys/types.h>

#include "absl/status/statusor.h"
#include "common/files.h"
#include "common/process.h"

namespace roxlab {

// A child that was started, the leader of a process group of its own.
struct Child {
  pid_t pid;
  UniqueFd process;  // pidfd
  UniqueFd input;    // Non-blocking; not valid when the command has no input.
  UniqueFd output;   // Standard output and error.
};

// Starts `command` with default signal handling; timeout, ticks and on_output are the
// caller's business.
// NOT_FOUND when argv[0] does not exist. The caller waits for it. Internal to RunProcess.
absl::StatusOr<Child> Spawn(const Command& command);

}  // namespace roxlab

#endif  // ROXLAB_COMMON_SPAWN_H_
