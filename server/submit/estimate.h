// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_SERVER_SUBMIT_ESTIMATE_H_
#define ROXLAB_SERVER_SUBMIT_ESTIMATE_H_

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace roxlab {

// Jobs that take equally long, as far as one can know.
struct JobGroup {
  // Where they take turns: kBuildLane, kRunLane, or a board's name.
  std::string lane;
  uint32_t count = 0;
  double seconds = 0;  // Each; 0: nobody knows.
};
inline constexpr char kBuildLane[] = "build:";
inline constexpr char kRunLane[] = "run:";

struct EstimateInput {
  // What is queued or under way.
  std::vector<JobGroup> before = {};
  // The experiment's.
  std::vector<JobGroup> own = {};
  // Jobs at a time, by lane. None: as if there were one.
  std::map<std::string, uint32_t> slots = {};
  // One of its builds is among those before.
  bool waits = false;
};

// Seconds until the experiment is done if it were submitted now, rounded up: its builds after
// those before them, then its runs after those before them, lane by lane. 0 when how long one of
// its jobs takes is not known. Pure. Rough: no job waits for a particular runner, and nothing
// fails.
uint32_t EstimateSeconds(const EstimateInput& input);

}  // namespace roxlab

#endif  // ROXLAB_SERVER_SUBMIT_ESTIMATE_H_
