// SPDX-License-Identifier: Apache-2.0
#include "common/clock.h"

#include "absl/time/clock.h"

namespace roxlab {
namespace {

class SystemClock : public Clock {
 public:
  absl::Time Now() const override { return absl::Now(); }
};

}  // namespace

const Clock& Clock::System() {
  static const SystemClock clock;
  return clock;
}

}  // namespace roxlab
