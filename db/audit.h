// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_DB_AUDIT_H_
#define ROXLAB_DB_AUDIT_H_

#include <cstdint>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "db/record.h"
#include "roxlab/v1/auth.pb.h"

namespace roxlab {

class Connection;

class AuditTable {
 public:
  explicit AuditTable(Connection& connection) : connection_(connection) {}

  absl::Status Add(const v1::AuditEntry& entry);
  // Newest first, each with its key, by which a page goes on.
  absl::StatusOr<std::vector<std::pair<int64_t, v1::AuditEntry>>> Page(const PageRange& range);

 private:
  Connection& connection_;
};

}  // namespace roxlab

#endif  // ROXLAB_DB_AUDIT_H_
