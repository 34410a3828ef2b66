// SPDX-License-Identifier: Apache-2.0
#include "runner/agent/artifact_client.h"

#include <fcntl.h>
#include <grpcpp/client_context.h>

#include <algorithm>
#include <chrono>
#include <vector>

#include "absl/strings/str_cat.h"
#include "client/grpc_status.h"
#include "common/files.h"
#include "common/hash.h"

namespace roxlab {
namespace fs = std::filesystem;
namespace {

constexpr auto kTransferDeadline = std::chrono::minutes(10);

}  // namespace

ArtifactClient::ArtifactClient(const std::shared_ptr<grpc::Channel>& channel, fs::path directory,
                               uint64_t max_bytes)
    : stub_(v1::Artifacts::NewStub(channel)),
      directory_(std::move(directory)),
      max_bytes_(max_bytes) {}

absl::StatusOr<fs::path> ArtifactClient::Fetch(const v1::Artifact& artifact) {
  if (!IsSha256Hex(artifact.sha256()))
    return absl::InvalidArgumentError(absl::StrCat("artifact ", artifact.name(), " has no hash"));
  const fs::path local = directory_ / artifact.sha256();
  std::error_code error;
  // A power cut may have left a file without its content.
  if (fs::file_size(local, error) == artifact.size() && !error) {
    fs::last_write_time(local, fs::file_time_type::clock::now(), error);  // Used just now.
    if (!error) return local;
  }
  absl::Status status = MakeDirectories(directory_);
  if (!status.ok()) return status;
  absl::StatusOr<TempDir> temporary = TempDir::Make(directory_, "get-");
  if (!temporary.ok()) return temporary.status();
  const fs::path file = temporary->path() / "file";
  status = Download(artifact.sha256(), file);
  if (!status.ok()) return status;
  fs::rename(file, local, error);
  if (error) return absl::ErrnoToStatus(error.value(), "cannot keep a downloaded artifact");
  return local;
}

absl::Status ArtifactClient::Download(const std::string& sha256, const fs::path& to) {
  absl::StatusOr<UniqueFd> fd = OpenFile(to, O_WRONLY | O_CREAT | O_EXCL);
  if (!fd.ok()) return fd.status();
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + kTransferDeadline);
  v1::DownloadRequest request;
  request.set_sha256(sha256);
  auto reader = stub_->Download(&context, request);
  v1::DownloadResponse chunk;
  Sha256 hash;
  absl::Status written;
  while (written.ok() && reader->Read(&chunk)) {
    hash.Update(chunk.data());
    written = WriteAll(fd->get(), chunk.data());
  }
  if (!written.ok()) context.TryCancel();
  grpc::Status status = reader->Finish();
  if (!written.ok()) return written;
  if (!status.ok()) return FromGrpc(status);
  if (hash.HexDigest() != sha256)
    return absl::DataLossError(absl::StrCat("artifact ", sha256, " came with other content"));
  return absl::OkStatus();
}

absl::StatusOr<v1::Artifact> ArtifactClient::Store(absl::string_view name, const fs::path& file) {
  absl::StatusOr<std::string> sha256 = Sha256HexOfFile(file);
  if (!sha256.ok()) return sha256.status();
  const fs::path local = directory_ / *sha256;
  std::error_code error;
  if (fs::file_size(local, error) != fs::file_size(file) || error) {
    absl::Status status = MakeDirectories(directory_);
    if (!status.ok()) return status;
    absl::StatusOr<TempDir> temporary = TempDir::Make(directory_, "put-");
    if (!temporary.ok()) return temporary.status();
    fs::copy_file(file, temporary->path() / "file", error);
    if (!error) fs::rename(temporary->path() / "file", local, error);
    if (error) return absl::ErrnoToStatus(error.value(), absl::StrCat("cannot keep ", name));
  }
  absl::StatusOr<bool> missing = IsMissing(*sha256);
  if (!missing.ok()) return missing.status();
  absl::Status status = *missing ? Upload(*sha256, local) : absl::OkStatus();
  if (!status.ok()) return status;
  v1::Artifact artifact;
  artifact.set_name(std::string(name));
  artifact.set_sha256(*sha256);
  artifact.set_size(fs::file_size(local, error));
  Trim();
  return artifact;
}

absl::StatusOr<bool> ArtifactClient::IsMissing(const std::string& sha256) {
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(30));
  v1::FindMissingRequest request;
  request.add_sha256(sha256);
  v1::FindMissingResponse response;
  grpc::Status status = stub_->FindMissing(&context, request, &response);
  if (!status.ok()) return FromGrpc(status);
  return response.sha256_size() > 0;
}

absl::Status ArtifactClient::Upload(const std::string& sha256, const fs::path& file) {
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + kTransferDeadline);
  v1::UploadResponse response;
  auto writer = stub_->Upload(&context, &response);
  v1::UploadRequest request;
  request.set_sha256(sha256);
  bool open = writer->Write(request);
  request.clear_sha256();
  absl::Status read = ReadInChunks(file, 0, [&](absl::string_view bytes) {
    request.set_data(bytes.data(), bytes.size());
    open = open && writer->Write(request);
    return open ? absl::OkStatus() : absl::CancelledError();
  });
  writer->WritesDone();
  grpc::Status status = writer->Finish();
  if (!status.ok()) return FromGrpc(status);
  return read;
}

void ArtifactClient::Trim() {
  // Files this young may belong to jobs that run now.
  const auto young = fs::file_time_type::clock::now() - std::chrono::hours(1);
  std::vector<std::pair<fs::file_time_type, fs::path>> files;
  uint64_t bytes = 0;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(directory_, error)) {
    if (!entry.is_regular_file(error)) continue;
    bytes += entry.file_size(error);
    files.emplace_back(entry.last_write_time(error), entry.path());
  }
  std::sort(files.begin(), files.end());
  for (const auto& [time, path] : files) {
    if (bytes <= max_bytes_ || time > young) return;
    bytes -= fs::file_size(path, error);
    fs::remove(path, error);
  }
}

}  // namespace roxlab
