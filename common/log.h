// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_COMMON_LOG_H_
#define ROXLAB_COMMON_LOG_H_

#include <string>

#include "absl/status/status.h"

namespace roxlab {

// Sends spdlog's default logger to standard error, one line an event with time and level, from
// "debug", "info", "warn" or "error" on. INVALID_ARGUMENT for another level.
absl::Status SetUpLog(const std::string& level);

}  // namespace roxlab

#endif  // ROXLAB_COMMON_LOG_H_
