// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_RUNNER_PROBE_MEASURES_H_
#define ROXLAB_RUNNER_PROBE_MEASURES_H_

#include <string_view>

#include "runner/probe/stream.h"

namespace roxlab::probe {

// What a board tells beside its page tables, phase by phase: counters of its CPUs, how long modules
// took to load, temperature and clock, numbers of commands. A board that cannot tell something says
// so; it is never a zero.
void BeginMeasures();
// Writes kMeasures.
void EndMeasures(Stream& out, std::string_view phase);

// Adds a line to the phase's.
void AddMeasure(std::string_view name, std::string_view unit, double value);
void AddMissing(std::string_view name, std::string_view why);

}  // namespace roxlab::probe

#endif  // ROXLAB_RUNNER_PROBE_MEASURES_H_
