// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_RUNNER_PROBE_FREE_BLOCKS_H_
#define ROXLAB_RUNNER_PROBE_FREE_BLOCKS_H_

#include "runner/probe/system.h"

namespace roxlab::probe {

// Takes every free block of the size of a huge page, as huge pages, and holds them: the page
// allocator gives its large blocks away last, so that filling memory page by page would have to use
// up all of it. With `make_more` the kernel has to make blocks, too, as far as it can, and each is
// pinned until ClosePipes(); without, it may move them. The last request is one that the kernel did
// not meet.
Result TakeFreeBlocks(bool make_more);
void ReleaseBlocks();

}  // namespace roxlab::probe

#endif  // ROXLAB_RUNNER_PROBE_FREE_BLOCKS_H_
