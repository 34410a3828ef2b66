// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_RUNNER_PROBE_COUNTERS_H_
#define ROXLAB_RUNNER_PROBE_COUNTERS_H_

namespace roxlab::probe {

// Counts, on all CPUs and for everything that runs there, what their PMUs can: cycles,
// instructions, TLB refills and table walks (perf_event_open(2)).
void StartCounters();
// Ends that and adds perf.NAME of each to the measures, or why it is missing. Where a PMU had to
// share its counters, values are scaled by the time that they counted.
void TellCounters();

}  // namespace roxlab::probe

#endif  // ROXLAB_RUNNER_PROBE_COUNTERS_H_
