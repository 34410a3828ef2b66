// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_SERVER_LAB_SIDES_H_
#define ROXLAB_SERVER_LAB_SIDES_H_

#include "absl/status/statusor.h"
#include "roxlab/v1/lab.pb.h"

namespace roxlab {

class Lab;

// Variants of any experiments beside each other (CompareRequest with its two sides). Rows are named
// as in the candidate's experiment, `baseline` is "ID/VARIANT" when it is of another one, and that
// one's id when each variant is held against itself. The experiment's expectations speak where the
// baseline is its own.
absl::StatusOr<v1::Comparison> CompareSides(Lab& lab, const v1::CompareRequest& request);

}  // namespace roxlab

#endif  // ROXLAB_SERVER_LAB_SIDES_H_
