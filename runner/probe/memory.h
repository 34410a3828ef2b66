// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_RUNNER_PROBE_MEMORY_H_
#define ROXLAB_RUNNER_PROBE_MEMORY_H_

#include <cstdint>

#include "runner/probe/stream.h"
#include "runner/probe/system.h"

namespace roxlab::probe {

// See AgeMemory in catalog.proto.
struct Aging {
  uint64_t fill_percent, keep_percent;
  uint64_t run_pages;  // Not 0.
  uint64_t seed;
  bool exhaust_blocks;
  uint64_t unmovable_percent;
};

// Once until it is released.
Result AgeMemory(Stream& out, const Aging& aging);
Result ReleaseMemory();

}  // namespace roxlab::probe

#endif  // ROXLAB_RUNNER_PROBE_MEMORY_H_
