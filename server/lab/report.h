// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_SERVER_LAB_REPORT_H_
#define ROXLAB_SERVER_LAB_REPORT_H_

#include "absl/status/statusor.h"
#include "roxlab/v1/lab.pb.h"

namespace roxlab {

class Lab;

// An experiment as it stands, as a document. INVALID_ARGUMENT for an unknown format, NOT_FOUND for
// an unknown experiment or metric.
absl::StatusOr<v1::Report> GetReport(Lab& lab, const v1::GetReportRequest& request);

}  // namespace roxlab

#endif  // ROXLAB_SERVER_LAB_REPORT_H_
