// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_RUNNER_PROBE_SNAPSHOT_H_
#define ROXLAB_RUNNER_PROBE_SNAPSHOT_H_

#include <string_view>

#include "runner/probe/stream.h"
#include "runner/probe/system.h"

namespace roxlab::probe {

// From now on snapshots have the tables from /proc/kcore as well, or why they have not.
void AddKcoreToSnapshots();

// The probe is not the only program of this system.
void ExpectOthers();

// Takes the page tables and the module list of this moment and writes them as phase `phase`'s.
Result TakeSnapshot(Stream& out, std::string_view phase);

}  // namespace roxlab::probe

#endif  // ROXLAB_RUNNER_PROBE_SNAPSHOT_H_
