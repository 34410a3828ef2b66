// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_RUNNER_MACHINE_SCRIPT_H_
#define ROXLAB_RUNNER_MACHINE_SCRIPT_H_

#include <string>

#include "absl/status/statusor.h"
#include "roxlab/v1/catalog.pb.h"

namespace roxlab {

// The workload as the probe's script (probe/stream_format.h); `kcore_walk`: with the tables from
// /proc/kcore in every snapshot. INVALID_ARGUMENT for names that
// would not survive the line format, UNIMPLEMENTED for a step of a newer lab.
absl::StatusOr<std::string> RenderScript(const v1::Workload& workload, bool kcore_walk = false);

}  // namespace roxlab

#endif  // ROXLAB_RUNNER_MACHINE_SCRIPT_H_
