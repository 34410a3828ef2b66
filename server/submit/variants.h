// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_SERVER_SUBMIT_VARIANTS_H_
#define ROXLAB_SERVER_SUBMIT_VARIANTS_H_

#include <vector>

#include "absl/status/statusor.h"
#include "roxlab/v1/lab.pb.h"
#include "server/submit/plan.h"

namespace roxlab {

// The variants of an experiment, those of the lab first, then those it defines itself. Errors as
// MakePlan().
absl::StatusOr<std::vector<PlannedVariant>> ResolveVariants(const v1::ExperimentSpec& spec,
                                                            const v1::Catalog& catalog);

}  // namespace roxlab

#endif  // ROXLAB_SERVER_SUBMIT_VARIANTS_H_
