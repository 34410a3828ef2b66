// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_SERVER_SUBMIT_READ_SERIES_H_
#define ROXLAB_SERVER_SUBMIT_READ_SERIES_H_

#include "absl/status/statusor.h"
#include "roxlab/v1/lab.pb.h"

namespace roxlab {

// A file of patches as a series that a variant can be defined with; see Lab.ReadSeries in
// lab.proto. Pure.
absl::StatusOr<v1::Series> ReadSeries(const v1::ReadSeriesRequest& request);

}  // namespace roxlab

#endif  // ROXLAB_SERVER_SUBMIT_READ_SERIES_H_
