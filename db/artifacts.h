// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_DB_ARTIFACTS_H_
#define ROXLAB_DB_ARTIFACTS_H_

#include <google/protobuf/repeated_ptr_field.h>

#include <cstdint>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "roxlab/v1/record.pb.h"

namespace roxlab {

class Connection;
using ArtifactList = google::protobuf::RepeatedPtrField<v1::Artifact>;

// Which files of the artifact store belong to what. The bytes are the store's business.
// Like every repository of db/: cheap to make, used within one Write or Read of Database; errors
// are the database's own (see ToStatus in query.h) unless said otherwise.
class ArtifactTable {
 public:
  enum class Owner { kBuild, kRun };

  explicit ArtifactTable(Connection& connection) : connection_(connection) {}

  // The key of the row for this content, which is made when it is new.
  absl::StatusOr<int64_t> Intern(const v1::Artifact& artifact, int64_t now_ms);

  // Makes `artifacts` the outputs of a build or run, in place of any earlier ones.
  absl::Status SetOutputs(Owner owner, int64_t seq, const ArtifactList& artifacts, int64_t now_ms);
  absl::StatusOr<ArtifactList> Outputs(Owner owner, int64_t seq);

 private:
  Connection& connection_;
};

}  // namespace roxlab

#endif  // ROXLAB_DB_ARTIFACTS_H_
