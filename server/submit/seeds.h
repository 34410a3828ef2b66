// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_SERVER_SUBMIT_SEEDS_H_
#define ROXLAB_SERVER_SUBMIT_SEEDS_H_

#include <google/protobuf/repeated_ptr_field.h>

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "roxlab/v1/catalog.pb.h"

namespace roxlab {

// The seeds to begin with: those of `spec`, or with "auto" (or with auto_seeds and no seeds) as
// many as it starts with. Then the defaults of auto_seeds are filled in, and only then does `spec`
// have one. INVALID_ARGUMENT as below, or when "auto" has nothing to go by.
absl::StatusOr<std::vector<uint64_t>> PlanSeeds(v1::ExperimentSpec& spec);

// Numbers ("7") and ranges ("1-8", both ends included), in the order given. INVALID_ARGUMENT for
// anything else, a seed that comes twice, none at all, or more than kMaxRuns.
absl::StatusOr<std::vector<uint64_t>> ParseSeeds(
    const google::protobuf::RepeatedPtrField<std::string>& seeds);

}  // namespace roxlab

#endif  // ROXLAB_SERVER_SUBMIT_SEEDS_H_
