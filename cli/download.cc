// SPDX-License-Identifier: Apache-2.0
#include "cli/download.h"

#include "absl/strings/str_cat.h"
#include "common/hash.h"
#include "common/status_macros.h"

namespace roxlab {
namespace {

constexpr uint64_t kLargest = uint64_t{256} << 20;

}  // namespace

absl::StatusOr<std::string> ArtifactDownload::Get(const v1::Artifact& artifact) {
  if (artifact.size() > kLargest)
    return absl::FailedPreconditionError(
        absl::StrCat("'", artifact.name(), "' has ", artifact.size(), " bytes: too many"));
  grpc::ClientContext call;
  call.set_deadline(std::chrono::system_clock::now() + std::chrono::minutes(2));
  v1::DownloadRequest request;
  request.set_sha256(artifact.sha256());
  auto reader = stub_->Download(&call, request);
  std::string content;
  v1::DownloadResponse chunk;
  while (content.size() <= artifact.size() && reader->Read(&chunk)) content += chunk.data();
  if (content.size() > artifact.size()) call.TryCancel();
  grpc::Status end = reader->Finish();
  if (content.size() <= artifact.size()) ROXLAB_RETURN_IF_ERROR(FromGrpc(end));
  if (Sha256Hex(content) != artifact.sha256())
    return absl::DataLossError(
        absl::StrCat("'", artifact.name(), "' came otherwise than ", artifact.sha256()));
  return content;
}

absl::StatusOr<std::string> ArtifactDownload::Get(
    const google::protobuf::RepeatedPtrField<v1::Artifact>& artifacts, absl::string_view name) {
  for (const v1::Artifact& artifact : artifacts)
    if (artifact.name() == name) return Get(artifact);
  return absl::NotFoundError(absl::StrCat("no artifact '", name, "'"));
}

}  // namespace roxlab
