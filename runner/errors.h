// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_RUNNER_ERRORS_H_
#define ROXLAB_RUNNER_ERRORS_H_

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "roxlab/v1/record.pb.h"
#include "runner/job.h"

namespace roxlab {

// Errors of a job say whose fault they are: a Status made here carries a Failure and a verdict.

// The variant's fault: verdict FAIL. `kind` is one of Failure.kind's for FAIL.
absl::Status VariantError(absl::string_view kind, absl::string_view summary,
                          absl::string_view excerpt = "");

// The lab's fault: verdict ERROR. `kind` is one of Failure.kind's for ERROR.
absl::Status InfraError(absl::string_view kind, absl::string_view summary,
                        absl::string_view excerpt = "");

// Any other Status as the lab's fault: "disk" when space ran out, otherwise `kind`. One that says
// whose fault it is already, OK and CANCELLED stay as they are.
absl::Status InfraError(const absl::Status& status, absl::string_view kind = "infrastructure");

// The same error with "`where`: " before its message.
absl::Status InContext(const absl::Status& status, absl::string_view where);

// What the error means for the job. OK is PASS, CANCELLED is CANCELLED, and what was made by
// none of the above is the lab's fault.
v1::Verdict VerdictOf(const absl::Status& status);
v1::Failure FailureOf(const absl::Status& status);

// `result`, ended as `status` says.
JobResult EndedBy(const absl::Status& status, JobResult result = {});

}  // namespace roxlab

#endif  // ROXLAB_RUNNER_ERRORS_H_
