// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_RUNNER_PROBE_TRACING_H_
#define ROXLAB_RUNNER_PROBE_TRACING_H_

#include <cstdint>

#include "runner/probe/stream.h"
#include "runner/probe/system.h"

namespace roxlab::probe {

// Through tracefs, which is mounted when the first of them is called; see the steps of the same
// names in catalog.proto.

// Those functions whose names come first by a hash seeded with `seed`; one that cannot have a probe
// is passed over.
Result AddKprobes(Stream& out, uint64_t count, uint64_t seed);
Result RemoveKprobes();
Result SetTracer(std::string_view name);

}  // namespace roxlab::probe

#endif  // ROXLAB_RUNNER_PROBE_TRACING_H_
