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
  kExitUsage = 2,        // The request is wrong: options, files, unknown names, not allowed.
  kExitError = 3,        // The lab's fault.
  kExitUnreachable = 4,  // No server, or no board, answers.
  kExitCancelled = 5,
  kExitUnfinished = 6,  // There is no verdict yet.
  kExitTaken = 7,       // Somebody else has the board.
};

// What the statuses mean, for --help.
extern const char kExitStatusHelp[];

int ExitStatusOf(const absl::Status& status);
int ExitStatusOf(v1::Verdict verdict);

// "roxlab: ..." on standard error. Returns the exit status.
int PrintError(const absl::Status& status);
// The same of a board that somebody else has.
int PrintTaken(const absl::Status& status);
// The same of a call of the server, with what to do where there is something to do.
int PrintError(const absl::Status& status, const std::string& server);

}  // namespace roxlab

#endif  // ROXLAB_CLI_ERRORS_H_
