// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_RUNNER_PROBE_BPF_H_
#define ROXLAB_RUNNER_PROBE_BPF_H_

#include <cstdint>

#include "runner/probe/stream.h"
#include "runner/probe/system.h"

namespace roxlab::probe {

// See LoadBpf in catalog.proto.
Result LoadBpf(Stream& out, uint64_t count, uint64_t instructions, uint64_t seed);
Result UnloadBpf();

}  // namespace roxlab::probe

#endif  // ROXLAB_RUNNER_PROBE_BPF_H_
