// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_RUNNER_CPIO_CPIO_H_
#define ROXLAB_RUNNER_CPIO_CPIO_H_

#include <filesystem>
#include <memory>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

struct archive;

namespace roxlab {

// Writes an uncompressed "newc" cpio archive, the form that the kernel unpacks as its initramfs
// (Documentation/driver-api/early-userspace/buffer-format.rst). Its bytes depend on nothing but
// what is added: times, owners and inode numbers are fixed. Not thread-safe.
class CpioWriter {
 public:
  static absl::StatusOr<CpioWriter> Create(const std::filesystem::path& file);

  // Paths have no leading slash; parents must be added before what they hold.
  absl::Status AddDirectory(absl::string_view path);
  absl::Status AddFile(absl::string_view path, absl::string_view content, int mode = 0644);
  absl::Status AddCharacterDevice(absl::string_view path, unsigned major, unsigned minor);

  // Writes the trailer; nothing may be added after it.
  absl::Status Finish();

 private:
  struct Free {
    void operator()(archive* a) const;
  };
  explicit CpioWriter(archive* a) : archive_(a) {}
  absl::Status Add(absl::string_view path, unsigned type, int mode, absl::string_view content,
                   unsigned major = 0, unsigned minor = 0);

  std::unique_ptr<archive, Free> archive_;
  int64_t inode_ = 1;
};

}  // namespace roxlab

#endif  // ROXLAB_RUNNER_CPIO_CPIO_H_
