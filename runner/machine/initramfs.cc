// SPDX-License-Identifier: Apache-2.0
#include "runner/machine/initramfs.h"

#include <fcntl.h>

#include <string>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/files.h"
#include "runner/cpio/cpio.h"

namespace roxlab {
namespace {

absl::Status WriteOurs(const InitramfsParts& parts, const std::filesystem::path& path) {
  absl::StatusOr<std::string> probe = ReadFile(parts.probe);
  if (!probe.ok()) return probe.status();
  absl::StatusOr<CpioWriter> cpio = CpioWriter::Create(path);
  absl::Status status = cpio.status();
  if (status.ok()) status = cpio->AddDirectory("dev");
  // The kernel opens it for /init before /dev is mounted.
  if (status.ok()) status = cpio->AddCharacterDevice("dev/console", 5, 1);
  if (status.ok()) status = cpio->AddFile("init", *probe, 0755);
  if (status.ok()) status = cpio->AddDirectory("roxlab");
  if (status.ok()) status = cpio->AddFile("roxlab/script", parts.script);
  if (status.ok()) status = cpio->Finish();
  return status;
}

// Zeros up to a multiple of 4, where the kernel looks for the next archive.
absl::Status Pad(const std::filesystem::path& path, int fd) {
  std::error_code error;
  const uintmax_t size = std::filesystem::file_size(path, error);
  if (error) return absl::ErrnoToStatus(error.value(), path.string());
  return WriteAll(fd, absl::string_view("\0\0\0", (4 - size % 4) % 4));
}

absl::Status AppendModules(const std::filesystem::path& modules, int fd) {
  bool first = true;
  absl::Status status = ReadInChunks(modules, 0, [&](absl::string_view bytes) {
    if (std::exchange(first, false) && !absl::StartsWith(bytes, "070701"))
      return absl::DataLossError(absl::StrCat(modules.string(), " is no newc archive"));
    return WriteAll(fd, bytes);
  });
  if (status.ok() && first) return absl::DataLossError(absl::StrCat(modules.string(), " is empty"));
  return status;
}

}  // namespace

// Without a sync: the file is for this run and this boot of the host.
absl::Status WriteInitramfs(const InitramfsParts& parts, const std::filesystem::path& path) {
  absl::Status status = WriteOurs(parts, path);
  if (!status.ok()) return status;
  absl::StatusOr<UniqueFd> fd = OpenFile(path, O_WRONLY | O_APPEND);
  if (!fd.ok()) return fd.status();
  status = Pad(path, fd->get());
  if (status.ok()) status = AppendModules(parts.modules, fd->get());
  return status;
}

}  // namespace roxlab
