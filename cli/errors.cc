// SPDX-License-Identifier: Apache-2.0
#include "cli/errors.h"

#include <iostream>

#include "absl/strings/match.h"

namespace roxlab {

const char kExitStatusHelp[] =
    "Exit status: 0 done (and PASS), 1 FAIL, 2 wrong request, 3 ERROR of the lab,\n"
    "4 server or board not reachable, 5 cancelled, 6 not done yet, 7 board taken by somebody else.";

int ExitStatusOf(const absl::Status& status) {
  switch (status.code()) {
    case absl::StatusCode::kOk:
      return kExitOk;
    case absl::StatusCode::kInvalidArgument:
    case absl::StatusCode::kNotFound:
    case absl::StatusCode::kAlreadyExists:
    case absl::StatusCode::kFailedPrecondition:
    case absl::StatusCode::kResourceExhausted:
    case absl::StatusCode::kUnauthenticated:
    case absl::StatusCode::kPermissionDenied:
      return kExitUsage;
    case absl::StatusCode::kUnavailable:
    case absl::StatusCode::kDeadlineExceeded:
      return kExitUnreachable;
    case absl::StatusCode::kCancelled:
      return kExitCancelled;
    default:
      return kExitError;
  }
}

int ExitStatusOf(v1::Verdict verdict) {
  switch (verdict) {
    case v1::PASS:
      return kExitOk;
    case v1::FAIL:
      return kExitFail;
    case v1::CANCELLED:
      return kExitCancelled;
    default:
      return kExitError;
  }
}

int PrintError(const absl::Status& status) {
  std::cerr << "roxlab: " << status.message() << "\n";
  return ExitStatusOf(status);
}

int PrintTaken(const absl::Status& status) {
  PrintError(status);
  return kExitTaken;
}

int PrintError(const absl::Status& status, const std::string& server) {
  const int exit_status = PrintError(status);
  if (absl::StrContains(status.message(), "certificate verify failed")) {
    std::cerr << "What answers at " << server
              << " has no certificate of an authority known here: name the authority with --tls-ca "
                 "(ROXLAB_TLS_CA).\n";
  } else if (exit_status == kExitUnreachable) {
    std::cerr << "No server answers at " << server
              << ". Start one with ./lab up or roxlabd, or name another with --server.\n";
  }
  return exit_status;
}

}  // namespace roxlab
