// SPDX-License-Identifier: Apache-2.0
#include "server/artifacts/artifact_store.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/status_macros.h"

namespace roxlab {
namespace fs = std::filesystem;
namespace {

constexpr char kTemporary[] = "tmp";

absl::Status CheckHash(absl::string_view sha256) {
  if (IsSha256Hex(sha256)) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("'", sha256.substr(0, 80), "' is not a SHA-256 in lower-case hex"));
}

absl::Status Missing(absl::string_view sha256) {
  return absl::NotFoundError(absl::StrCat("no artifact ", sha256));
}

// A rename is on the disk once its directory is.
absl::Status SyncDirectory(const fs::path& path) {
  ROXLAB_ASSIGN_OR_RETURN(UniqueFd fd, OpenFile(path, O_RDONLY | O_DIRECTORY));
  if (fsync(fd.get()) != 0)
    return absl::ErrnoToStatus(errno, absl::StrCat("cannot sync ", path.string()));
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<ArtifactStore> ArtifactStore::Open(const fs::path& directory) {
  ROXLAB_RETURN_IF_ERROR(RemoveTree(directory / kTemporary));
  ROXLAB_RETURN_IF_ERROR(MakeDirectories(directory / kTemporary));
  return ArtifactStore(directory);
}

fs::path ArtifactStore::PathOf(absl::string_view sha256) const {
  const std::string name(sha256);
  return directory_ / name.substr(0, 2) / name.substr(2, 2) / name;
}

bool ArtifactStore::Has(absl::string_view sha256) const { return Size(sha256).ok(); }

absl::StatusOr<uint64_t> ArtifactStore::Size(absl::string_view sha256) const {
  ROXLAB_RETURN_IF_ERROR(CheckHash(sha256));
  struct stat info;
  if (stat(PathOf(sha256).c_str(), &info) != 0) return Missing(sha256);
  return static_cast<uint64_t>(info.st_size);
}

absl::Status ArtifactStore::Read(absl::string_view sha256, uint64_t offset,
                                 const std::function<absl::Status(absl::string_view)>& sink) const {
  ROXLAB_ASSIGN_OR_RETURN(uint64_t size, Size(sha256));
  if (offset > size)
    return absl::OutOfRangeError(absl::StrCat("artifact ", sha256, " has only ", size, " bytes"));
  return ReadInChunks(PathOf(sha256), offset, sink);
}

absl::StatusOr<std::string> ArtifactStore::ReadAll(absl::string_view sha256) const {
  ROXLAB_RETURN_IF_ERROR(Size(sha256).status());
  return ReadFile(PathOf(sha256));
}

absl::StatusOr<UniqueFd> ArtifactStore::OpenForReading(absl::string_view sha256) const {
  ROXLAB_RETURN_IF_ERROR(Size(sha256).status());
  return OpenFile(PathOf(sha256), O_RDONLY);
}

absl::StatusOr<v1::Artifact> ArtifactStore::Put(absl::string_view name,
                                                absl::string_view bytes) const {
  v1::Artifact artifact;
  artifact.set_name(std::string(name));
  artifact.set_sha256(Sha256Hex(bytes));
  artifact.set_size(bytes.size());
  if (Has(artifact.sha256())) return artifact;
  ROXLAB_ASSIGN_OR_RETURN(Writer writer, Write(artifact.sha256()));
  ROXLAB_RETURN_IF_ERROR(writer.Append(bytes));
  ROXLAB_RETURN_IF_ERROR(writer.Commit().status());
  return artifact;
}

absl::StatusOr<ArtifactStore::Writer> ArtifactStore::Write(absl::string_view sha256) const {
  ROXLAB_RETURN_IF_ERROR(CheckHash(sha256));
  fs::path temporary = directory_ / kTemporary / RandomHex(16);
  ROXLAB_ASSIGN_OR_RETURN(UniqueFd fd, OpenFile(temporary, O_WRONLY | O_CREAT | O_EXCL));
  return Writer(*this, std::string(sha256), std::move(temporary), std::move(fd));
}

ArtifactStore::Writer::Writer(const ArtifactStore& store, std::string sha256, fs::path temporary,
                              UniqueFd fd)
    : store_(&store),
      sha256_(std::move(sha256)),
      temporary_(std::move(temporary)),
      fd_(std::move(fd)) {}

ArtifactStore::Writer::~Writer() {
  if (fd_.valid()) unlink(temporary_.c_str());
}

absl::Status ArtifactStore::Writer::Append(absl::string_view bytes) {
  hash_.Update(bytes);
  size_ += bytes.size();
  absl::Status status = WriteAll(fd_.get(), bytes);
  if (status.ok()) return status;
  return absl::Status(status.code(), absl::StrCat("artifact ", sha256_, ": ", status.message()));
}

absl::StatusOr<uint64_t> ArtifactStore::Writer::Commit() {
  const std::string content = hash_.HexDigest();
  hash_ = Sha256();
  if (content != sha256_) {
    return absl::DataLossError(absl::StrCat("artifact ", sha256_, ": what came (", size_,
                                            " bytes) has the hash ", content));
  }
  const fs::path path = store_->PathOf(sha256_);
  ROXLAB_RETURN_IF_ERROR(MakeDirectories(path.parent_path()));
  if (fsync(fd_.get()) != 0 || rename(temporary_.c_str(), path.c_str()) != 0)
    return absl::ErrnoToStatus(errno, absl::StrCat("cannot store ", path.string()));
  fd_ = UniqueFd();
  ROXLAB_RETURN_IF_ERROR(SyncDirectory(path.parent_path()));
  return size_;
}

}  // namespace roxlab
