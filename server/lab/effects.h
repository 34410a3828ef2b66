// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_SERVER_LAB_EFFECTS_H_
#define ROXLAB_SERVER_LAB_EFFECTS_H_

#include <cstdint>
#include <set>
#include <string>

namespace roxlab {

// What a transaction changed, collected while it runs and made known once it is committed
// (Lab::Publish).
struct Effects {
  std::set<std::string> changed;  // Topics of EventHub.
  std::set<std::string> ended;    // Ids of builds and runs that nobody works on any more.
  std::set<std::string> runners;  // Who must be told something.
  std::set<int64_t> complete;     // Keys of experiments whose last run has ended.
  bool queue = false;             // There is new work, or a slot for it.
};

}  // namespace roxlab

#endif  // ROXLAB_SERVER_LAB_EFFECTS_H_
