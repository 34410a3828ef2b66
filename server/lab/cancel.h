// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_SERVER_LAB_CANCEL_H_
#define ROXLAB_SERVER_LAB_CANCEL_H_

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "roxlab/v1/auth.pb.h"
#include "roxlab/v1/lab.pb.h"

namespace roxlab {

class Lab;

// Ends what is not done of an experiment: what is queued never starts, and runners that work for
// it are told at once. `id` may be shortened. Harmless when it is done already. PERMISSION_DENIED:
// it is neither `caller`'s, nor is that an admin.
absl::StatusOr<v1::CancelExperimentResponse> CancelExperiment(Lab& lab, absl::string_view id,
                                                              const v1::Caller& caller);

}  // namespace roxlab

#endif  // ROXLAB_SERVER_LAB_CANCEL_H_
