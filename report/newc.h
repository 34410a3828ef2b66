// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_REPORT_NEWC_H_
#define ROXLAB_REPORT_NEWC_H_

#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace roxlab {

// An initramfs taken apart: archives of the "newc" kind one behind the other
// (Documentation/driver-api/early-userspace/buffer-format.rst of the kernel). Views into what was
// given.
struct NewcFile {
  absl::string_view name;
  absl::string_view content;
};
struct NewcArchive {
  absl::string_view bytes;  // With the zeros up to the next one.
  std::vector<NewcFile> files;
};

// DATA_LOSS, with the place, for anything that is no uncompressed newc.
absl::StatusOr<std::vector<NewcArchive>> ParseNewc(absl::string_view initramfs);

}  // namespace roxlab

#endif  // ROXLAB_REPORT_NEWC_H_
