// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_RUNNER_PROBE_PINNER_H_
#define ROXLAB_RUNNER_PROBE_PINNER_H_

#include "runner/probe/system.h"

namespace roxlab::probe {

// Keeps pages of memory where they are, until the end of the probe: a page that is referenced by
// more than its mappings, here by a pipe, is neither moved nor split.
class Pinner {
 public:
  // `page` is where one begins.
  Result Pin(const char* page);

 private:
  int pipe_ = -1;  // The one that is being filled.
  long room_ = 0;  // Pages that it still takes.
};

}  // namespace roxlab::probe

#endif  // ROXLAB_RUNNER_PROBE_PINNER_H_
