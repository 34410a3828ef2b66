// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_SERVER_LAB_CANCEL_H_
#define ROXLAB_SERVER_LAB_CANCEL_H_

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "roxlab/v1/lab.pb.h"

namespace roxlab {

class Lab;

// Ends what is not done of an experiment: what is queued never starts, and runners that work for
// it are told at once. `id` may be shortened. Harmless when it is done already.
absl::StatusOr<v1::CancelExperimentResponse> CancelExperiment(Lab& lab, absl::string_view id);

}  // namespace roxlab

#endif  // ROXLAB_SERVER_LAB_CANCEL_H_
