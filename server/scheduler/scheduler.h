// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_SERVER_SCHEDULER_SCHEDULER_H_
#define ROXLAB_SERVER_SCHEDULER_SCHEDULER_H_

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace roxlab {

// What a job takes of a runner. Jobs of different lanes are never in each other's way.
enum class Lane { kBuild, kRun, kBoard };

// A job that could start now.
struct ReadyJob {
  int64_t key = 0;   // Unique; the smaller, the older.
  bool run = false;  // A run of `build`, otherwise the build itself.
  int64_t priority = 0;
  int64_t waited_ms = 0;
  std::string submitter;
  std::string base;
  std::string build;               // Id.
  std::vector<std::string> needs;  // Tags; the runner must have every one.
  uint32_t memory_mib = 0;         // Of a run, while it goes.
  std::string board;               // The one that it runs on, which is all that it needs then.

  Lane lane() const { return !board.empty() ? Lane::kBoard : run ? Lane::kRun : Lane::kBuild; }
};

// A runner that waits for work.
struct IdleRunner {
  std::string name;
  uint32_t build_slots = 0, run_slots = 0;  // Free ones.
  uint32_t memory_mib = 0;                  // For runs; free.
  std::set<std::string> tags;
  std::set<std::string> warm_bases;  // Imported there, as the lab knows them.
  std::set<std::string> odd_bases;   // Imported there, but not as the lab knows them.
  std::set<std::string> warm_builds;
  std::set<std::string> boards;  // Free ones.
};

// How many jobs of a lane each submitter has under way.
using Shares = std::map<std::pair<Lane, std::string>, uint32_t>;

struct Assignment {
  int64_t job = 0;
  std::string runner;

  bool operator==(const Assignment&) const = default;
};

// For a submitter who has nothing under way in the lane, the job counts as one priority higher each
// time it has waited this long: so nobody waits for ever behind others' higher priorities, and a
// long queue of one's own is no claim to more than others have.
inline constexpr int64_t kAgingMs = 3'600'000;

// Who does what next. Pure: the same for the same state, in whatever order jobs and runners come.
//
// In each lane, the highest priority first (with aging); of equals the submitter who has fewest
// jobs of the lane under way (max-min fair share), and of theirs the oldest. Each job takes the
// runner that is warmest for it (a run: has its build; a build: has its base imported), among those
// the one with the most free slots, then by name. A job that no runner here can take stays out, and
// holds nobody up. A run on a board takes the board, which has one at a time, and nothing else.
std::vector<Assignment> Schedule(const std::vector<ReadyJob>& jobs, std::vector<IdleRunner> runners,
                                 Shares under_way);

// How many jobs like this one the runner could start now.
uint32_t Room(const IdleRunner& runner, const ReadyJob& job);

// Takes the job's part of what is free there.
void Take(IdleRunner& runner, const ReadyJob& job);

}  // namespace roxlab

#endif  // ROXLAB_SERVER_SCHEDULER_SCHEDULER_H_
