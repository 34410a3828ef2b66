// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_SERVER_LAB_VERDICT_H_
#define ROXLAB_SERVER_LAB_VERDICT_H_

#include <cstdint>

#include "absl/status/status.h"

namespace roxlab {

class Lab;

// Gives its verdict to an experiment whose runs have all ended, or with "auto" seeds more runs.
// Harmless when it has one already.
absl::Status JudgeExperiment(Lab& lab, int64_t experiment);

}  // namespace roxlab

#endif  // ROXLAB_SERVER_LAB_VERDICT_H_
