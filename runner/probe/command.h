// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_RUNNER_PROBE_COMMAND_H_
#define ROXLAB_RUNNER_PROBE_COMMAND_H_

#include <string_view>

#include "runner/probe/stream.h"
#include "runner/probe/system.h"

namespace roxlab::probe {

// Commands have the board's own root directory, of which `fd` is open, and not the probe's.
void SetCommandRoot(int fd);

// Runs a command: `line` is "SECONDS WORD..." as in stream_format.h. Each line "NAME NUMBER" or
// "NAME NUMBER UNIT" that it prints is added to the measures as command.NAME. Fails when it cannot
// be started, ends with another exit status than 0, or not in its time; it is killed then, with all
// that it started.
Result RunCommand(Stream& out, std::string_view line);

}  // namespace roxlab::probe

#endif  // ROXLAB_RUNNER_PROBE_COMMAND_H_
