// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_SERVER_LAB_LINEAR_MAP_H_
#define ROXLAB_SERVER_LAB_LINEAR_MAP_H_

#include "absl/status/statusor.h"
#include "pagetable/dump.h"
#include "roxlab/v1/lab.pb.h"

namespace roxlab {

class Lab;

// The linear map of a dump in as few stretches as tell every difference that MapKind has. Pure.
// Without stretches where nothing is mapped.
v1::LinearMap LinearMapOf(const pagetable::Dump& dump);

// That of a run's own dump after a phase. Errors as in lab.proto; DATA_LOSS for a dump that cannot
// be read.
absl::StatusOr<v1::LinearMap> GetLinearMap(Lab& lab, const v1::GetLinearMapRequest& request);

}  // namespace roxlab

#endif  // ROXLAB_SERVER_LAB_LINEAR_MAP_H_
