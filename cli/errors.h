// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_CLI_ERRORS_H_
#define ROXLAB_CLI_ERRORS_H_

#include "absl/status/status.h"
#include "roxlab/v1/record.pb.h"

namespace roxlab {

// Exit statuses, the same for every command.
enum ExitStatus : int {
  kExitOk = 0,           // Done; where there is a verdict: PASS.
  kExitFail = 1,         // The variant's fault, or an expectation that does not hold.
  kExitUsage = 2,        // The request is wrong: options, files, unknown names.
  kExitError = 3,        // The lab's fault.
  kExitUnreachable = 4,  // No server answers.
  kExitCancelled = 5,
  kExitUnfinished = 6,  // There is no verdict yet.
};

// What the statuses mean, for --help.
extern const char kExitStatusHelp[];

int ExitStatusOf(const absl::Status& status);
int ExitStatusOf(v1::Verdict verdict);

// "roxlab: ..." on standard error, with what to do where there is something to do. Returns the
// exit status.
int PrintError(const absl::Status& status, const std::string& server);

}  // namespace roxlab

#endif  // ROXLAB_CLI_ERRORS_H_
