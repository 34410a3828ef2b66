// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_DB_RECORD_H_
#define ROXLAB_DB_RECORD_H_

#include <cstdint>
#include <string>

#include "roxlab/v1/record.pb.h"

namespace roxlab {

// How a build or run ended, without what came out of it.
struct Ending {
  v1::Verdict verdict = v1::VERDICT_UNSPECIFIED;
  v1::Failure failure;  // Empty for PASS.
  // Of the lease that brought this result; 0 when no runner did (a lost build, a cancel).
  int64_t lease = 0;
};

// How far a build or run is, or how it ended.
struct Standing {
  v1::State state = v1::STATE_UNSPECIFIED;
  v1::Verdict verdict = v1::VERDICT_UNSPECIFIED;
};

// A part of a list, by the rows' keys.
struct PageRange {
  int64_t after = 0;  // The key that the page before ended with; 0: the first page.
  int limit = 0;
};

}  // namespace roxlab

#endif  // ROXLAB_DB_RECORD_H_
