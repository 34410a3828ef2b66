// SPDX-License-Identifier: Apache-2.0
#include "server/lab/log_store.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <functional>

#include "absl/strings/str_cat.h"
#include "common/files.h"
#include "common/status_macros.h"

namespace roxlab {
namespace fs = std::filesystem;

absl::StatusOr<LogStore> LogStore::Open(const fs::path& directory) {
  ROXLAB_RETURN_IF_ERROR(MakeDirectories(directory));
  return LogStore(directory);
}

fs::path LogStore::PathOf(const std::string& target, int64_t lease) const {
  // The last two characters spread the files over directories: a run's number, a build's hash.
  const std::string spread = target.substr(target.size() - std::min<size_t>(2, target.size()));
  return directory_ / spread / absl::StrCat(target, ".", lease, ".log");
}

absl::StatusOr<uint64_t> LogStore::Append(const std::string& target, int64_t lease, uint64_t offset,
                                          absl::string_view data) {
  const fs::path path = PathOf(target, lease);
  absl::MutexLock lock(&locks_[std::hash<std::string>()(target) % locks_.size()]);
  ROXLAB_RETURN_IF_ERROR(MakeDirectories(path.parent_path()));
  ROXLAB_ASSIGN_OR_RETURN(UniqueFd fd, OpenFile(path, O_WRONLY | O_CREAT | O_APPEND));
  struct stat info;
  if (fstat(fd.get(), &info) != 0) return absl::ErrnoToStatus(errno, path.string());
  const auto length = static_cast<uint64_t>(info.st_size);
  if (offset > length) return length;
  data.remove_prefix(std::min<size_t>(data.size(), length - offset));
  if (length + data.size() > kMaxBytes) {
    return absl::ResourceExhaustedError(
        absl::StrCat("the log of ", target, " has more than ", kMaxBytes >> 20, " MiB"));
  }
  absl::Status status = WriteAll(fd.get(), data);
  if (!status.ok())
    return absl::Status(status.code(), absl::StrCat(path.string(), ": ", status.message()));
  return length + data.size();
}

absl::StatusOr<std::string> LogStore::Read(const std::string& target, int64_t lease,
                                           uint64_t offset, size_t limit) const {
  absl::StatusOr<UniqueFd> fd = OpenFile(PathOf(target, lease), O_RDONLY);
  if (absl::IsNotFound(fd.status())) return std::string();
  if (!fd.ok()) return fd.status();
  std::string bytes(limit, '\0');
  ssize_t n = pread(fd->get(), bytes.data(), limit, static_cast<off_t>(offset));
  if (n < 0) return absl::ErrnoToStatus(errno, absl::StrCat("log of ", target));
  bytes.resize(static_cast<size_t>(n));
  return bytes;
}

absl::Status LogStore::Sync(const std::string& target, int64_t lease) const {
  absl::StatusOr<UniqueFd> fd = OpenFile(PathOf(target, lease), O_WRONLY);
  if (absl::IsNotFound(fd.status())) return absl::OkStatus();
  if (!fd.ok()) return fd.status();
  if (fdatasync(fd->get()) != 0) return absl::ErrnoToStatus(errno, "log");
  return absl::OkStatus();
}

}  // namespace roxlab
