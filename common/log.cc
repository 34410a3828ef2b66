// SPDX-License-Identifier: Apache-2.0
#include "common/log.h"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include "absl/strings/str_cat.h"

namespace roxlab {

absl::Status SetUpLog(const std::string& level) {
  // spdlog takes an unknown name for "off".
  if (level != "debug" && level != "info" && level != "warn" && level != "error") {
    return absl::InvalidArgumentError(
        absl::StrCat("log level '", level, "' is none of debug, info, warn, error"));
  }
  spdlog::set_default_logger(spdlog::stderr_logger_mt("roxlab"));
  spdlog::set_pattern("%Y-%m-%dT%H:%M:%S.%e %l %v");
  spdlog::set_level(spdlog::level::from_str(level));
  return absl::OkStatus();
}

}  // namespace roxlab
