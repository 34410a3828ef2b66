// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_COMMON_CLOCK_H_
#define ROXLAB_COMMON_CLOCK_H_

#include "absl/time/time.h"

namespace roxlab {

// Where the time comes from. Tests pass their own. Thread-safe.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual absl::Time Now() const = 0;

  // The form that the database and the protocol keep.
  int64_t NowMs() const { return absl::ToUnixMillis(Now()); }

  // The machine's clock; lives for ever.
  static const Clock& System();
};

}  // namespace roxlab

#endif  // ROXLAB_COMMON_CLOCK_H_
