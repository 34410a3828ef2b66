// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_RUNNER_PROBE_PIPE_MEMORY_H_
#define ROXLAB_RUNNER_PROBE_PIPE_MEMORY_H_

#include <cstdint>

#include "runner/probe/random.h"
#include "runner/probe/system.h"

// Memory in pipes, which the kernel cannot move: nobody reads them, so they hold what is in them.
namespace roxlab::probe {

// Takes `pages` pages: the buffers of full pipes. Each run of `run_pages` neighbours, as they were
// allocated, goes to a pipe drawn from `random`, so that closing `free_percent` of the pipes, which
// is what is done then, frees memory in no order. Once until they are closed.
Result FillPipes(uint64_t pages, uint64_t run_pages, uint64_t free_percent, Random random);

// Keeps the page that begins at `page` where it is: what is referenced by more than its mappings,
// here by a pipe, is neither moved nor split.
Result PinPage(const char* page);

// Gives back all of both.
void ClosePipes();

// The numbers 0 to `count` - 1 in an order drawn from `random` (Fisher-Yates), in memory that
// munmap(*order, *bytes) gives back.
Result Shuffle(Random random, uint32_t count, uint32_t** order, uint64_t* bytes);

}  // namespace roxlab::probe

#endif  // ROXLAB_RUNNER_PROBE_PIPE_MEMORY_H_
