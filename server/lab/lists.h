// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_SERVER_LAB_LISTS_H_
#define ROXLAB_SERVER_LAB_LISTS_H_

#include "absl/status/statusor.h"
#include "roxlab/v1/lab.pb.h"

namespace roxlab {

class Lab;

// Page by page; errors as in lab.proto, and INVALID_ARGUMENT for a page_token of other filters.
absl::StatusOr<v1::ListExperimentsResponse> ListExperiments(
    Lab& lab, const v1::ListExperimentsRequest& request);
absl::StatusOr<v1::ListRunsResponse> ListRuns(Lab& lab, const v1::ListRunsRequest& request);
absl::StatusOr<v1::ListBuildsResponse> ListBuilds(Lab& lab, const v1::ListBuildsRequest& request);

}  // namespace roxlab

#endif  // ROXLAB_SERVER_LAB_LISTS_H_
