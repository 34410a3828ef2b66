// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_SERVER_LAB_AUDIT_H_
#define ROXLAB_SERVER_LAB_AUDIT_H_

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "roxlab/v1/auth.pb.h"

namespace roxlab {

class Lab;

// Adds time and outcome to `entry` and writes it. One that cannot be written stands in the server's
// log: what was done is done.
void WriteAudit(Lab& lab, v1::AuditEntry entry, const absl::Status& outcome);

absl::StatusOr<v1::ListAuditResponse> ListAudit(Lab& lab, const v1::ListAuditRequest& request);

}  // namespace roxlab

#endif  // ROXLAB_SERVER_LAB_AUDIT_H_
