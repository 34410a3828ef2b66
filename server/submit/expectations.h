// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_SERVER_SUBMIT_EXPECTATIONS_H_
#define ROXLAB_SERVER_SUBMIT_EXPECTATIONS_H_

#include "absl/status/status.h"
#include "server/submit/plan.h"

namespace roxlab {

// Whether each of the plan's expectations speaks of something that the experiment will have.
// Errors as MakePlan().
absl::Status CheckExpectations(const Plan& plan);

}  // namespace roxlab

#endif  // ROXLAB_SERVER_SUBMIT_EXPECTATIONS_H_
