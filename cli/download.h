// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_CLI_DOWNLOAD_H_
#define ROXLAB_CLI_DOWNLOAD_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "cli/lab_client.h"
#include "roxlab/v1/artifacts.grpc.pb.h"

namespace roxlab {

// Files of the lab's artifact store, as a whole in memory.
class ArtifactDownload {
 public:
  explicit ArtifactDownload(const CliContext& context)
      : stub_(v1::Artifacts::NewStub(MakeChannel(context.server, context.credentials))) {}

  // DATA_LOSS when what comes is not what the hash says; FAILED_PRECONDITION over 256 MiB.
  absl::StatusOr<std::string> Get(const v1::Artifact& artifact);
  // The one with this name of a list. NOT_FOUND.
  absl::StatusOr<std::string> Get(const google::protobuf::RepeatedPtrField<v1::Artifact>& artifacts,
                                  absl::string_view name);

 private:
  std::unique_ptr<v1::Artifacts::Stub> stub_;
};

}  // namespace roxlab

#endif  // ROXLAB_CLI_DOWNLOAD_H_
