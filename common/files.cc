// SPDX-License-Identifier: Apache-2.0
#include "common/files.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/hash.h"

namespace roxlab {
namespace fs = std::filesystem;
namespace {

absl::Status Failed(absl::string_view what, const fs::path& path, int error) {
  return absl::ErrnoToStatus(error, absl::StrCat(what, " ", path.string()));
}

}  // namespace

UniqueFd& UniqueFd::operator=(UniqueFd&& other) noexcept {
  std::swap(fd_, other.fd_);
  return *this;
}

UniqueFd::~UniqueFd() {
  if (fd_ >= 0) close(fd_);
}

absl::StatusOr<UniqueFd> OpenFile(const fs::path& path, int flags, int mode) {
  UniqueFd fd(open(path.c_str(), flags | O_CLOEXEC, mode));
  if (!fd.valid()) return Failed("cannot open", path, errno);
  return fd;
}

absl::Status WriteAll(int fd, absl::string_view bytes) {
  while (!bytes.empty()) {
    ssize_t n = write(fd, bytes.data(), bytes.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return absl::ErrnoToStatus(errno, "write");
    bytes.remove_prefix(static_cast<size_t>(n));
  }
  return absl::OkStatus();
}

absl::Status ReadInChunks(const fs::path& path, uint64_t offset,
                          const std::function<absl::Status(absl::string_view)>& sink) {
  absl::StatusOr<UniqueFd> fd = OpenFile(path, O_RDONLY);
  if (!fd.ok()) return fd.status();
  std::vector<char> buffer(size_t{256} << 10);
  while (true) {
    ssize_t n = pread(fd->get(), buffer.data(), buffer.size(), static_cast<off_t>(offset));
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return Failed("cannot read", path, errno);
    if (n == 0) return absl::OkStatus();
    absl::Status status = sink(absl::string_view(buffer.data(), static_cast<size_t>(n)));
    if (!status.ok()) return status;
    offset += static_cast<uint64_t>(n);
  }
}

absl::StatusOr<std::string> ReadFile(const fs::path& path, uint64_t limit) {
  std::string content;
  absl::Status status = ReadInChunks(path, 0, [&](absl::string_view bytes) {
    if (content.size() + bytes.size() > limit) {
      return absl::ResourceExhaustedError(
          absl::StrCat(path.string(), " has more than ", limit, " bytes"));
    }
    absl::StrAppend(&content, bytes);
    return absl::OkStatus();
  });
  if (!status.ok()) return status;
  return content;
}

absl::Status WriteFileAtomically(const fs::path& path, absl::string_view content, int mode) {
  fs::path temporary = path;
  temporary += absl::StrCat(".tmp-", RandomHex(8));
  absl::StatusOr<UniqueFd> fd = OpenFile(temporary, O_WRONLY | O_CREAT | O_EXCL, mode);
  if (!fd.ok()) return fd.status();
  absl::Status status = WriteAll(fd->get(), content);
  if (status.ok() && fsync(fd->get()) != 0) status = absl::ErrnoToStatus(errno, "fsync");
  if (status.ok() && rename(temporary.c_str(), path.c_str()) != 0)
    status = absl::ErrnoToStatus(errno, "rename");
  if (!status.ok()) {
    unlink(temporary.c_str());
    return absl::Status(status.code(), absl::StrCat(path.string(), ": ", status.message()));
  }
  return absl::OkStatus();
}

absl::Status MakeDirectories(const fs::path& path) {
  std::error_code error;
  fs::create_directories(path, error);
  if (error) return Failed("cannot create directory", path, error.value());
  return absl::OkStatus();
}

absl::Status RemoveTree(const fs::path& path) {
  std::error_code error;
  fs::remove_all(path, error);
  if (error) return Failed("cannot remove", path, error.value());
  return absl::OkStatus();
}

absl::StatusOr<TempDir> TempDir::Make(const fs::path& parent, absl::string_view prefix) {
  absl::Status status = MakeDirectories(parent);
  if (!status.ok()) return status;
  std::string pattern = absl::StrCat(parent.string(), "/", prefix, "XXXXXX");
  if (mkdtemp(pattern.data()) == nullptr) return Failed("cannot create", pattern, errno);
  return TempDir(fs::path(pattern));
}

TempDir& TempDir::operator=(TempDir&& other) noexcept {
  std::swap(path_, other.path_);
  return *this;
}

TempDir::~TempDir() {
  if (!path_.empty()) RemoveTree(path_).IgnoreError();
}

absl::StatusOr<std::vector<fs::path>> EntriesIn(const fs::path& directory) {
  std::vector<fs::path> entries;
  std::error_code error;
  if (!fs::exists(directory, error) && !error) return entries;
  // Step by step: the iterator of a range-for throws what it meets after the first one.
  for (fs::directory_iterator entry(directory, error), end; !error && entry != end;
       entry.increment(error))
    entries.push_back(entry->path());
  if (error)
    return absl::ErrnoToStatus(error.value(), absl::StrCat("cannot read ", directory.string()));
  std::sort(entries.begin(), entries.end());
  return entries;
}

absl::StatusOr<std::vector<fs::path>> FilesIn(const fs::path& directory,
                                              absl::string_view extension) {
  absl::StatusOr<std::vector<fs::path>> entries = EntriesIn(directory);
  if (entries.ok())
    std::erase_if(*entries,
                  [&](const fs::path& path) { return path.extension().native() != extension; });
  return entries;
}

absl::StatusOr<FileLock> FileLock::Take(const fs::path& path) {
  absl::StatusOr<UniqueFd> fd = OpenFile(path, O_RDWR | O_CREAT);
  if (!fd.ok()) return fd.status();
  if (flock(fd->get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno == EWOULDBLOCK)
      return absl::UnavailableError(absl::StrCat(path.string(), " is locked by another process"));
    return Failed("cannot lock", path, errno);
  }
  return FileLock(*std::move(fd));
}

}  // namespace roxlab
