// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_RUNNER_PROBE_FREE_BLOCKS_H_
#define ROXLAB_RUNNER_PROBE_FREE_BLOCKS_H_

#include "runner/probe/pinner.h"
#include "runner/probe/system.h"

namespace roxlab::probe {

// Takes every block of the size of a huge page that the kernel has or can make, as huge pages, pins
// and holds them: the page allocator gives its large blocks away last, so that filling memory page
// by page would have to use up all of it. The last request is one that the kernel could not meet.
Result TakeFreeBlocks(Pinner& pinner);
void ReleaseBlocks();

}  // namespace roxlab::probe

#endif  // ROXLAB_RUNNER_PROBE_FREE_BLOCKS_H_
