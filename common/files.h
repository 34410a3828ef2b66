// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_COMMON_FILES_H_
#define ROXLAB_COMMON_FILES_H_

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace roxlab {

// Owns a file descriptor.
class UniqueFd {
 public:
  UniqueFd() = default;
  explicit UniqueFd(int fd) : fd_(fd) {}
  UniqueFd(UniqueFd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  UniqueFd& operator=(UniqueFd&& other) noexcept;
  ~UniqueFd();

  int get() const { return fd_; }
  bool valid() const { return fd_ >= 0; }

 private:
  int fd_ = -1;
};

// All errors below carry the path.

// The whole file. RESOURCE_EXHAUSTED when it has more than `limit` bytes.
absl::StatusOr<std::string> ReadFile(const std::filesystem::path& path,
                                     uint64_t limit = uint64_t{1} << 30);

// Gives the file from byte `offset` to `sink` in pieces of at most 256 KiB; stops at its first
// error and returns that.
absl::Status ReadInChunks(const std::filesystem::path& path, uint64_t offset,
                          const std::function<absl::Status(absl::string_view)>& sink);

// Writes a temporary file beside `path`, syncs it and renames it: a reader sees the old content
// or the new, never half.
absl::Status WriteFileAtomically(const std::filesystem::path& path, absl::string_view content,
                                 int mode = 0644);

absl::Status MakeDirectories(const std::filesystem::path& path);

// Removes a tree; a missing one is fine.
absl::Status RemoveTree(const std::filesystem::path& path);

// Opens with O_CLOEXEC.
absl::StatusOr<UniqueFd> OpenFile(const std::filesystem::path& path, int flags, int mode = 0644);

absl::Status WriteAll(int fd, absl::string_view bytes);

// A new directory, removed with everything in it at the end.
class TempDir {
 public:
  // Beneath `parent`, its name starting with `prefix`.
  static absl::StatusOr<TempDir> Make(const std::filesystem::path& parent,
                                      absl::string_view prefix);
  TempDir(TempDir&& other) noexcept : path_(std::exchange(other.path_, {})) {}
  TempDir& operator=(TempDir&& other) noexcept;
  ~TempDir();

  const std::filesystem::path& path() const { return path_; }

 private:
  explicit TempDir(std::filesystem::path path) : path_(std::move(path)) {}
  std::filesystem::path path_;
};

// What is in the directory, in the order of names; nothing when there is no such directory.
absl::StatusOr<std::vector<std::filesystem::path>> EntriesIn(
    const std::filesystem::path& directory);
// Of that, what ends in `extension`, e.g. ".yaml".
absl::StatusOr<std::vector<std::filesystem::path>> FilesIn(const std::filesystem::path& directory,
                                                           absl::string_view extension);

// Holds an exclusive lock on a file for as long as it lives.
class FileLock {
 public:
  // UNAVAILABLE when someone else holds it.
  static absl::StatusOr<FileLock> Take(const std::filesystem::path& path);

 private:
  explicit FileLock(UniqueFd fd) : fd_(std::move(fd)) {}
  UniqueFd fd_;
};

}  // namespace roxlab

#endif  // ROXLAB_COMMON_FILES_H_
