// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_RUNNER_PROBE_MODULES_H_
#define ROXLAB_RUNNER_PROBE_MODULES_H_

#include <string_view>

#include "runner/probe/stream.h"
#include "runner/probe/system.h"

namespace roxlab::probe {

// Both take "all" or names separated by spaces ('-' and '_' are the same, ".ko" is optional), and
// tell every module on `out`. The first that fails ends the step.

// Loads those not yet loaded, and those they need, in the build's load order.
Result LoadModules(Stream& out, std::string_view names);

// Unloads in reverse of the load order; "all" means every one that was loaded.
Result UnloadModules(Stream& out, std::string_view names);

}  // namespace roxlab::probe

#endif  // ROXLAB_RUNNER_PROBE_MODULES_H_
