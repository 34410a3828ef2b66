// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_SERVER_SUBMIT_VARIANTS_H_
#define ROXLAB_SERVER_SUBMIT_VARIANTS_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "roxlab/v1/lab.pb.h"

namespace roxlab {

// A variant as it is without what a machine adds.
struct ResolvedVariant {
  std::string name;
  std::string cmdline;
  v1::BuildSpec build;
};

// The variants of an experiment, those of the lab first, then those it defines itself. Errors as
// MakePlan().
absl::StatusOr<std::vector<ResolvedVariant>> ResolveVariants(const v1::ExperimentSpec& spec,
                                                             const v1::Catalog& catalog);

// What the variant is on this machine: with the fragments that it asks for.
absl::StatusOr<v1::BuildSpec> BuildFor(const ResolvedVariant& variant, const v1::Machine& machine,
                                       const v1::Catalog& catalog);

}  // namespace roxlab

#endif  // ROXLAB_SERVER_SUBMIT_VARIANTS_H_
