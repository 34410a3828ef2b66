// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_SERVER_SUBMIT_PLAN_H_
#define ROXLAB_SERVER_SUBMIT_PLAN_H_

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "roxlab/v1/lab.pb.h"

namespace roxlab {

// A variant with nothing left to look up.
struct PlannedVariant {
  std::string name;
  std::string cmdline;
  std::vector<std::string> builds;  // Ids, one for each machine of the plan.
};

// An experiment that has been found good, with all its names resolved.
struct Plan {
  v1::ExperimentSpec spec;  // With the baseline filled in, without the patches' content.
  std::vector<PlannedVariant> variants;
  std::map<std::string, v1::BuildSpec> builds;  // By id.
  std::vector<v1::Machine> machines;
  std::vector<v1::Workload> workloads;
  std::vector<uint64_t> seeds;
};

// Checks everything about a submission and resolves it. Pure. INVALID_ARGUMENT or NOT_FOUND, with
// the field in front: what is wrong and, for names, what is near.
absl::StatusOr<Plan> MakePlan(const v1::ExperimentSpec& spec, const v1::Catalog& catalog);

}  // namespace roxlab

#endif  // ROXLAB_SERVER_SUBMIT_PLAN_H_
