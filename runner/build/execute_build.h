// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_RUNNER_BUILD_EXECUTE_BUILD_H_
#define ROXLAB_RUNNER_BUILD_EXECUTE_BUILD_H_

#include <filesystem>
#include <string>

#include "absl/time/time.h"
#include "runner/job.h"

namespace roxlab {

struct BuildSettings {
  std::filesystem::path cache;  // bases/, trees/ and ccache/ live here, warm from job to job.
  int make_jobs = 1;
  std::string ccache_size = "5G";
  absl::Duration timeout = absl::Hours(2);
  uint64_t min_free_bytes = 0;  // Less than this and no build is started.
};

// Does a build job from base to uploaded outputs ("Image", "modules.cpio", "System.map",
// "config"). FAIL kinds: apply, config, build, timeout; ERROR kinds: tool, base, disk,
// infrastructure. CANCELLED when the context's token stopped it. The log keeps everything that
// make and git said.
JobResult ExecuteBuild(const v1::BuildJob& job, const BuildSettings& settings, JobContext& context);

// Whether builds could start here: tools, disk, sandbox. ERROR kinds tool and disk.
absl::Status CheckBuilder(const BuildSettings& settings);

}  // namespace roxlab

#endif  // ROXLAB_RUNNER_BUILD_EXECUTE_BUILD_H_
