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

// A submitter's jobs of one lane and one priority, oldest first.
struct Line {
  int64_t priority = 0;
  std::pair<Lane, std::string> whose;
  std::vector<const ReadyJob*> jobs;
  size_t next = 0;

  bool empty() const { return next == jobs.size(); }
};

std::vector<Line> LinesOf(const std::vector<ReadyJob>& jobs) {
  std::map<std::tuple<int64_t, Lane, std::string>, Line> lines;
  for (const ReadyJob& job : jobs) {
    Line& line = lines[{job.priority, job.lane(), job.submitter}];
    line.priority = job.priority;
    line.whose = {job.lane(), job.submitter};
    line.jobs.push_back(&job);
  }
  std::vector<Line> result;
  for (auto& [key, line] : lines) {
    std::sort(line.jobs.begin(), line.jobs.end(),
              [](const ReadyJob* a, const ReadyJob* b) { return a->key < b->key; });
    result.push_back(std::move(line));
  }
  return result;
}

}  // namespace

uint32_t Room(const IdleRunner& runner, const ReadyJob& job) {
  if (job.lane() == Lane::kBoard) return runner.boards.contains(job.board) ? 1 : 0;
  const bool serves = std::all_of(job.needs.begin(), job.needs.end(), [&](const std::string& need) {
    return runner.tags.contains(need);
  });
  if (!serves) return 0;
  if (job.lane() == Lane::kBuild) return runner.build_slots;
  if (job.memory_mib == 0) return runner.run_slots;
  return std::min(runner.run_slots, runner.memory_mib / job.memory_mib);
}

void Take(IdleRunner& runner, const ReadyJob& job) {
  switch (job.lane()) {
    case Lane::kBuild:
      --runner.build_slots;
      break;
    case Lane::kRun:
      --runner.run_slots;
      runner.memory_mib -= job.memory_mib;
      break;
    case Lane::kBoard:
      runner.boards.erase(job.board);
      break;
  }
}

std::vector<Assignment> Schedule(const std::vector<ReadyJob>& jobs, std::vector<IdleRunner> runners,
                                 Shares under_way) {
  std::sort(runners.begin(), runners.end(),
            [](const IdleRunner& a, const IdleRunner& b) { return a.name < b.name; });
  std::vector<Line> lines = LinesOf(jobs);
  // The line whose turn it is comes first; small, as there are few submitters and priorities.
  auto turn = [&](const Line& line) {
    if (line.empty()) return std::tuple(true, int64_t{0}, 0u, int64_t{0});
    const ReadyJob& job = *line.jobs[line.next];
    const uint32_t has = under_way[line.whose];
    const int64_t aged = has == 0 ? job.waited_ms / kAgingMs : 0;
    return std::tuple(false, -(line.priority + aged), has, job.key);
  };
  std::vector<Assignment> assignments;
  while (!lines.empty()) {
    auto line = std::min_element(lines.begin(), lines.end(),
                                 [&](const Line& a, const Line& b) { return turn(a) < turn(b); });
    if (line->empty()) break;
    const ReadyJob& job = *line->jobs[line->next++];
    IdleRunner* runner = Best(job, runners);
    if (runner == nullptr) continue;
    Take(*runner, job);
    ++under_way[line->whose];
    assignments.push_back({job.key, runner->name});
  }
  return assignments;
}

}  // namespace roxlab
