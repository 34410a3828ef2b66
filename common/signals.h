// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_COMMON_SIGNALS_H_
#define ROXLAB_COMMON_SIGNALS_H_

#include "common/process.h"

namespace roxlab {

// A token that SIGINT and SIGTERM stop, for an orderly end; the same signal a second time ends the
// process at once. SIGPIPE is ignored from here on. Call it once, before other threads.
StopToken StopOnSignals();

}  // namespace roxlab

#endif  // ROXLAB_COMMON_SIGNALS_H_
