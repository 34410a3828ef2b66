// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_SERVER_SUBMIT_SUBMIT_H_
#define ROXLAB_SERVER_SUBMIT_SUBMIT_H_

#include "absl/status/statusor.h"
#include "roxlab/v1/auth.pb.h"
#include "roxlab/v1/lab.pb.h"

namespace roxlab {

class Lab;

// Checks the experiment, stores it and queues its work; see Lab.SubmitExperiment in lab.proto.
// The experiment is `caller`'s.
absl::StatusOr<v1::SubmitExperimentResponse> SubmitExperiment(
    Lab& lab, const v1::SubmitExperimentRequest& request, const v1::Caller& caller);

}  // namespace roxlab

#endif  // ROXLAB_SERVER_SUBMIT_SUBMIT_H_
