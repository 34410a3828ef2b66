// SPDX-License-Identifier: Apache-2.0
#include "runner/agent/self_check.h"

#include <filesystem>

#include "absl/strings/str_cat.h"
#include "common/process.h"
#include "common/status_macros.h"

namespace roxlab {
namespace {

absl::Status CheckRuns(const v1::RunnerSettings& settings) {
  std::error_code error;
  if (!std::filesystem::is_regular_file(settings.probe(), error))
    return absl::NotFoundError(absl::StrCat("there is no probe ", settings.probe(),
                                            ": build or install it, or set 'probe'"));
  Command version{.argv = {settings.qemu(), "--version"}};
  version.timeout = absl::Seconds(20);
  absl::Status status = RunAndRead(std::move(version)).status();
  if (status.ok()) return status;
  return absl::Status(status.code(), absl::StrCat("QEMU does not start: ", status.message(),
                                                  "; install qemu-system-arm, or set 'qemu'"));
}

}  // namespace

BuildSettings BuildSettingsOf(const v1::RunnerSettings& settings) {
  return {.cache = settings.cache(),
          .make_jobs = static_cast<int>(settings.make_jobs()),
          .ccache_size = settings.ccache_size(),
          .timeout = absl::Seconds(settings.build_timeout_seconds()),
          .min_free_bytes = uint64_t{settings.min_free_mib()} << 20};
}

absl::Status CheckSelf(const v1::RunnerSettings& settings) {
  if (settings.build_slots() > 0) ROXLAB_RETURN_IF_ERROR(CheckBuilder(BuildSettingsOf(settings)));
  if (settings.run_slots() > 0) ROXLAB_RETURN_IF_ERROR(CheckRuns(settings));
  return absl::OkStatus();
}

}  // namespace roxlab
