// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_RUNNER_MACHINE_JUDGE_H_
#define ROXLAB_RUNNER_MACHINE_JUDGE_H_

#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "runner/machine/console.h"
#include "runner/machine/machine.h"

namespace roxlab {

// All that is known when a machine is off.
struct Evidence {
  Ending ending = Ending::kPoweredOff;
  absl::Status machine;  // What Diagnose said, or the error that ended the exchange.
  absl::Status stream;   // The transcript's.
  absl::Status review;   // Of the first snapshot that is not well.
  absl::Status tests;    // What the tests of the workload say.
  bool started = false;  // The probe spoke.
  bool complete = false;
  std::string phase;    // Last phase begun.
  std::string failure;  // The step that failed; empty: none.
  std::optional<ConsoleEvent> event;
  std::string last_lines;
  absl::Duration timeout;
};

// OK is PASS: the workload was done to its end, every snapshot is there and counted, and the
// console is clean. Otherwise a VariantError or InfraError; CANCELLED when it was stopped.
absl::Status Judge(const Evidence& evidence);

}  // namespace roxlab

#endif  // ROXLAB_RUNNER_MACHINE_JUDGE_H_
