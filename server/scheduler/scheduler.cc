// SPDX-License-Identifier: Apache-2.0
#include "server/scheduler/scheduler.h"

#include <algorithm>
#include <tuple>

namespace roxlab {
namespace {

// How little there is to do before the work itself can start.
int Warmth(const ReadyJob& job, const IdleRunner& runner) {
  if (job.run && runner.warm_builds.contains(job.build)) return 3;
  if (runner.warm_bases.contains(job.base)) return 2;
  // A build there would end in ERROR; only when there is nobody else, so that it is said.
  if (!job.run && runner.odd_bases.contains(job.base)) return 0;
  return 1;
}

void Take(IdleRunner& runner, const ReadyJob& job) {
  if (!job.board.empty())
    runner.boards.erase(job.board);
  else
    --(job.run ? runner.run_slots : runner.build_slots);
}

IdleRunner* Best(const ReadyJob& job, std::vector<IdleRunner>& runners) {
  IdleRunner* best = nullptr;
  auto rank = [&](const IdleRunner& runner) {
    return std::tuple(Warmth(job, runner), Room(runner, job));
  };
  // Runners are in the order of their names, so the first of equals is the one.
  for (IdleRunner& runner : runners) {
    if (Room(runner, job) == 0) continue;
    if (best == nullptr || rank(runner) > rank(*best)) best = &runner;
  }
  return best;
}

}  // namespace

uint32_t Room(const IdleRunner& runner, const ReadyJob& job) {
  if (!job.board.empty()) return runner.boards.contains(job.board) ? 1 : 0;
  const bool serves = std::all_of(job.needs.begin(), job.needs.end(), [&](const std::string& need) {
    return runner.tags.contains(need);
  });
  if (!serves) return 0;
  return job.run ? runner.run_slots : runner.build_slots;
}

std::vector<Assignment> Schedule(std::vector<ReadyJob> jobs, std::vector<IdleRunner> runners) {
  std::sort(jobs.begin(), jobs.end(), [](const ReadyJob& a, const ReadyJob& b) {
    return std::tuple(-a.priority, a.key) < std::tuple(-b.priority, b.key);
  });
  std::sort(runners.begin(), runners.end(),
            [](const IdleRunner& a, const IdleRunner& b) { return a.name < b.name; });
  std::vector<Assignment> assignments;
  for (const ReadyJob& job : jobs) {
    IdleRunner* runner = Best(job, runners);
    if (runner == nullptr) continue;
    Take(*runner, job);
    assignments.push_back({job.key, runner->name});
  }
  return assignments;
}

}  // namespace roxlab
