// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_RUNNER_AGENT_SELF_CHECK_H_
#define ROXLAB_RUNNER_AGENT_SELF_CHECK_H_

#include "absl/status/status.h"
#include "roxlab/v1/settings.pb.h"
#include "runner/build/execute_build.h"

namespace roxlab {

BuildSettings BuildSettingsOf(const v1::RunnerSettings& settings);

// Whether a runner with these settings can do jobs: tools, disk and sandbox for builds, QEMU and
// probe for runs; what it has no slots for is not asked. The first thing that is wrong, and what to
// do. Takes a second or two.
absl::Status CheckSelf(const v1::RunnerSettings& settings);

}  // namespace roxlab

#endif  // ROXLAB_RUNNER_AGENT_SELF_CHECK_H_
