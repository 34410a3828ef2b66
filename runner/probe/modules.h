// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_RUNNER_PROBE_MODULES_H_
#define ROXLAB_RUNNER_PROBE_MODULES_H_

#include <cstdint>
#include <string_view>

#include "runner/probe/stream.h"
#include "runner/probe/system.h"

namespace roxlab::probe {

// All take "all" or names separated by spaces ('-' and '_' are the same, ".ko" is optional) and
// tell on `out` how far they are. The first module that fails ends the step.

// Loads those not yet loaded: "all" in the build's load order, names in the order given, each after
// what it needs.
Result LoadModules(Stream& out, std::string_view names);

// Unloads in reverse of the order in which they were loaded.
Result UnloadModules(Stream& out, std::string_view names);

// Loads and unloads, `times` times, while `readers` processes read kernel_page_tables.
Result ChurnModules(Stream& out, uint64_t times, uint64_t readers, std::string_view names);

// From now on, `told` hears how long the kernel took for each module that is loaded, in ns.
void TimeLoads(void (*told)(uint64_t ns));

}  // namespace roxlab::probe

#endif  // ROXLAB_RUNNER_PROBE_MODULES_H_
