// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_BOARD_COMPRESS_H_
#define ROXLAB_BOARD_COMPRESS_H_

#include <filesystem>
#include <string>

#include "absl/status/status.h"
#include "common/process.h"

namespace roxlab {

// Writes `from`, compressed for the program `format` ("zstd" or "gzip"), to the new file `to`; its
// fastest level, since links to boards are fast. CANCELLED by `stop`.
absl::Status CompressFile(const std::filesystem::path& from, const std::filesystem::path& to,
                          const std::string& format, const StopToken& stop);

}  // namespace roxlab

#endif  // ROXLAB_BOARD_COMPRESS_H_
