// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_RUNNER_AGENT_ARTIFACT_CLIENT_H_
#define ROXLAB_RUNNER_AGENT_ARTIFACT_CLIENT_H_

#include <grpcpp/channel.h>

#include <filesystem>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "roxlab/v1/artifacts.grpc.pb.h"
#include "roxlab/v1/record.pb.h"

namespace roxlab {

// The lab's artifacts, with a copy of those used lately in a local directory of files named by
// hash. Thread-safe.
class ArtifactClient {
 public:
  // Keeps the directory near `max_bytes` by removing what was used longest ago.
  ArtifactClient(const std::shared_ptr<grpc::Channel>& channel, std::filesystem::path directory,
                 uint64_t max_bytes);

  // The local copy, downloaded if need be and checked against the hash.
  absl::StatusOr<std::filesystem::path> Fetch(const v1::Artifact& artifact);

  // Copies `file` here and to the server, unless they have it.
  absl::StatusOr<v1::Artifact> Store(absl::string_view name, const std::filesystem::path& file);

 private:
  absl::Status Download(const std::string& sha256, const std::filesystem::path& to);
  absl::Status Upload(const std::string& sha256, const std::filesystem::path& file);
  absl::StatusOr<bool> IsMissing(const std::string& sha256);
  void Trim();

  const std::unique_ptr<v1::Artifacts::Stub> stub_;
  const std::filesystem::path directory_;
  const uint64_t max_bytes_;
};

}  // namespace roxlab

#endif  // ROXLAB_RUNNER_AGENT_ARTIFACT_CLIENT_H_
