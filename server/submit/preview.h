// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_SERVER_SUBMIT_PREVIEW_H_
#define ROXLAB_SERVER_SUBMIT_PREVIEW_H_

#include "absl/status/statusor.h"
#include "roxlab/v1/lab.pb.h"
#include "server/submit/plan.h"

namespace roxlab {

class Lab;

// What submitting the plan would answer, without an id, and how long it would take. Writes nothing.
absl::StatusOr<v1::SubmitExperimentResponse> Preview(Lab& lab, const Plan& plan);

}  // namespace roxlab

#endif  // ROXLAB_SERVER_SUBMIT_PREVIEW_H_
