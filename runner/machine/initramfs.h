// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_RUNNER_MACHINE_INITRAMFS_H_
#define ROXLAB_RUNNER_MACHINE_INITRAMFS_H_

#include <filesystem>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace roxlab {

struct InitramfsParts {
  std::filesystem::path probe;    // Becomes /init.
  absl::string_view script;       // Becomes /roxlab/script.
  std::filesystem::path modules;  // A newc archive, put behind ours as it is.
};

// Writes an uncompressed initramfs: a newc archive of ours (times and owners 0, inodes counted
// from 1) and then `parts.modules`. The same parts give the same bytes. DATA_LOSS when `modules`
// is no newc archive: the kernel would die of it and the variant get the blame.
absl::Status WriteInitramfs(const InitramfsParts& parts, const std::filesystem::path& path);

}  // namespace roxlab

#endif  // ROXLAB_RUNNER_MACHINE_INITRAMFS_H_
