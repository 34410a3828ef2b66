// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_SERVER_LAB_LOG_STORE_H_
#define ROXLAB_SERVER_LAB_LOG_STORE_H_

#include <array>
#include <cstdint>
#include <filesystem>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"

namespace roxlab {

// The logs of builds and runs, a file for every lease: an attempt starts its log anew, and who has
// lost the lease cannot write into the log of who has it now. Thread-safe.
class LogStore {
 public:
  // More than this nobody reads, and one job must not fill the disk.
  static constexpr uint64_t kMaxBytes = uint64_t{256} << 20;

  static absl::StatusOr<LogStore> Open(const std::filesystem::path& directory);
  LogStore(LogStore&& other) noexcept : directory_(std::move(other.directory_)) {}

  // Adds `data`, which starts at byte `offset`; what is there already is skipped. The length
  // afterwards; a gap adds nothing (the length is then less than `offset`). RESOURCE_EXHAUSTED:
  // over kMaxBytes, or the disk is full.
  absl::StatusOr<uint64_t> Append(const std::string& target, int64_t lease, uint64_t offset,
                                  absl::string_view data);
  // At most `limit` bytes from `offset`; empty at the end or when there is no log.
  absl::StatusOr<std::string> Read(const std::string& target, int64_t lease, uint64_t offset,
                                   size_t limit) const;
  // Onto the disk.
  absl::Status Sync(const std::string& target, int64_t lease) const;

 private:
  explicit LogStore(std::filesystem::path directory) : directory_(std::move(directory)) {}
  std::filesystem::path PathOf(const std::string& target, int64_t lease) const;

  std::filesystem::path directory_;
  // One writer per log at a time; logs share the locks.
  std::array<absl::Mutex, 16> locks_;
};

}  // namespace roxlab

#endif  // ROXLAB_SERVER_LAB_LOG_STORE_H_
