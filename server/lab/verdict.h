// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_SERVER_LAB_VERDICT_H_
#define ROXLAB_SERVER_LAB_VERDICT_H_

#include <cstdint>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "roxlab/v1/record.pb.h"

namespace roxlab {

class Lab;

// The comparison of an experiment as it stands. `id` may be the beginning of one.
absl::StatusOr<v1::Comparison> CompareExperiment(Lab& lab, absl::string_view id);

// Gives its verdict to an experiment whose runs have all ended, or with "auto" seeds more runs.
// Harmless when it has one already.
absl::Status JudgeExperiment(Lab& lab, int64_t experiment);

}  // namespace roxlab

#endif  // ROXLAB_SERVER_LAB_VERDICT_H_
