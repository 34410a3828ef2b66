// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_SERVER_LAB_COMPARISON_H_
#define ROXLAB_SERVER_LAB_COMPARISON_H_

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "db/experiments.h"
#include "roxlab/v1/lab.pb.h"
#include "server/compare/compare.h"

namespace roxlab {

class Lab;

// An experiment with what its runs measured so far.
struct MeasuredExperiment {
  StoredExperiment stored;
  std::vector<RunMetrics> runs;
};

absl::StatusOr<std::vector<RunMetrics>> ReadRuns(Connection& connection, int64_t experiment);

// Its variants against its baseline.
v1::Comparison CompareVariants(const MeasuredExperiment& experiment,
                               const CompareOptions& options = {});

// What Lab.Compare answers, of the experiments as they stand.
absl::StatusOr<v1::Comparison> CompareAsAsked(Lab& lab, const v1::CompareRequest& request);

}  // namespace roxlab

#endif  // ROXLAB_SERVER_LAB_COMPARISON_H_
