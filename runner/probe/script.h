// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_RUNNER_PROBE_SCRIPT_H_
#define ROXLAB_RUNNER_PROBE_SCRIPT_H_

#include "runner/probe/stream.h"

namespace roxlab::probe {

// What only the probe of a board does. A QEMU guest has no such clock, counters or programs.
struct BoardParts {
  void (*begin_phase)();
  // Tells what was measured in the phase.
  void (*end_phase)(Stream& out, std::string_view phase);
  Result (*run_command)(Stream& out, std::string_view line);
};

// Does what the script (stream_format.h) says and tells `out` all of it, up to kEnd.
void RunScriptToEnd(Stream& out, const BoardParts* board = nullptr);

}  // namespace roxlab::probe

#endif  // ROXLAB_RUNNER_PROBE_SCRIPT_H_
