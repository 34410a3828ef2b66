// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_DB_SNAPSHOTS_H_
#define ROXLAB_DB_SNAPSHOTS_H_

#include <google/protobuf/repeated_ptr_field.h>

#include <cstdint>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "roxlab/v1/record.pb.h"

namespace roxlab {

class Connection;
using SnapshotList = google::protobuf::RepeatedPtrField<v1::Snapshot>;

// Snapshots and their metrics.
class SnapshotTable {
 public:
  explicit SnapshotTable(Connection& connection) : connection_(connection) {}

  // Makes these the run's snapshots, in place of any earlier ones. A metric's name counts once per
  // snapshot: the last value stays.
  absl::Status Set(int64_t run, const SnapshotList& snapshots, int64_t now_ms);
  // In the order in which they were set; metrics by name.
  absl::StatusOr<SnapshotList> Of(int64_t run);

 private:
  absl::StatusOr<int64_t> InternName(const v1::Metric& metric);

  Connection& connection_;
};

}  // namespace roxlab

#endif  // ROXLAB_DB_SNAPSHOTS_H_
