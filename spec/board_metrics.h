// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_SPEC_BOARD_METRICS_H_
#define ROXLAB_SPEC_BOARD_METRICS_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace roxlab {

// What boards measure in a phase beside the page tables, as runner/probe/measures.h tells it:
// counters of the CPU (events on all CPUs), how long modules took to load (us), temperature (degC)
// and clock (MHz) at the end.
std::vector<std::string> BoardMetricNames();

// One of them, or "command.NAME": a number that a workload's own command printed.
bool IsBoardMetric(absl::string_view name);

}  // namespace roxlab

#endif  // ROXLAB_SPEC_BOARD_METRICS_H_
