// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_SERVER_SCHEDULER_SCHEDULER_H_
#define ROXLAB_SERVER_SCHEDULER_SCHEDULER_H_

#include <cstdint>
#include <set>
#include <string>
#include <vector>

namespace roxlab {

// A job that could start now.
struct ReadyJob {
  int64_t key = 0;   // Unique; the smaller, the older.
  bool run = false;  // A run of `build`, otherwise the build itself.
  int64_t priority = 0;
  std::string base;
  std::string build;               // Id.
  std::vector<std::string> needs;  // Tags; the runner must have every one.
  std::string board;               // The one that it runs on, which is all that it needs then.
};

// A runner that waits for work.
struct IdleRunner {
  std::string name;
  uint32_t build_slots = 0, run_slots = 0;  // Free ones.
  std::set<std::string> tags;
  std::set<std::string> warm_bases;  // Imported there, as the lab knows them.
  std::set<std::string> odd_bases;   // Imported there, but not as the lab knows them.
  std::set<std::string> warm_builds;
  std::set<std::string> boards;  // Free ones.
};

struct Assignment {
  int64_t job = 0;
  std::string runner;

  bool operator==(const Assignment&) const = default;
};

// Who does what next. Pure: the same for the same state, in whatever order jobs and runners come.
//
// Jobs are served by priority, then age, so none is passed over for ever; each takes the runner
// that is warmest for it (a run: has its build; a build: has its base imported), among those the
// one with the most free slots, then by name. A job that no runner here can take stays out. A run
// on a board takes the board, which has one at a time, and no slot.
std::vector<Assignment> Schedule(std::vector<ReadyJob> jobs, std::vector<IdleRunner> runners);

// How many jobs like this one the runner could start now.
uint32_t Room(const IdleRunner& runner, const ReadyJob& job);

}  // namespace roxlab

#endif  // ROXLAB_SERVER_SCHEDULER_SCHEDULER_H_
