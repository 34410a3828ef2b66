// SPDX-License-Identifier: Apache-2.0
#include "server/scheduler/scheduler.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

namespace roxlab {
namespace {

// States are built from these; each names only what it is about.
ReadyJob ABuild(int64_t key, const std::string& base = "linux-7.3") {
  ReadyJob job;
  job.key = key;
  job.base = base;
  job.build = "b" + std::to_string(key);
  return job;
}
ReadyJob ARun(int64_t key, const std::string& build, std::vector<std::string> needs = {}) {
  ReadyJob job;
  job.key = key;
  job.run = true;
  job.base = "linux-7.3";
  job.build = build;
  job.needs = std::move(needs);
  return job;
}
IdleRunner Runner(const std::string& name, uint32_t builds, uint32_t runs) {
  IdleRunner runner;
  runner.name = name;
  runner.build_slots = builds;
  runner.run_slots = runs;
  return runner;
}
IdleRunner Warm(IdleRunner runner, const std::string& base, const std::string& build = "") {
  runner.warm_bases.insert(base);
  if (!build.empty()) runner.warm_builds.insert(build);
  return runner;
}
IdleRunner Tagged(IdleRunner runner, std::set<std::string> tags) {
  runner.tags = std::move(tags);
  return runner;
}
ReadyJob OnBoard(ReadyJob job, const std::string& board) {
  job.board = board;
  return job;
}
IdleRunner WithBoards(IdleRunner runner, std::set<std::string> boards) {
  runner.boards = std::move(boards);
  return runner;
}
ReadyJob Urgent(ReadyJob job) {
  job.priority = 1;
  return job;
}

struct State {
  std::string name;
  std::vector<ReadyJob> jobs;
  std::vector<IdleRunner> runners;
  std::vector<Assignment> expected;
};

std::vector<State> States() {
  IdleRunner odd = Runner("a", 1, 0);
  odd.odd_bases.insert("linux-7.3");
  return {
      {"Nothing", {}, {}, {}},
      {"NoRunner", {ABuild(1)}, {}, {}},
      {"NoJob", {}, {Runner("a", 1, 1)}, {}},
      {"OneOfEach", {ABuild(1)}, {Runner("a", 1, 1)}, {{1, "a"}}},
      {"OldestFirst", {ABuild(2), ABuild(1)}, {Runner("a", 1, 0)}, {{1, "a"}}},
      {"PriorityBeforeAge", {ABuild(1), Urgent(ABuild(2))}, {Runner("a", 1, 0)}, {{2, "a"}}},
      {"BuildsAndRunsHaveSlotsOfTheirOwn",
       {ABuild(1), ABuild(2), ARun(3, "x"), ARun(4, "x")},
       {Runner("a", 1, 1)},
       {{1, "a"}, {3, "a"}}},
      {"ABuildGoesWhereItsBaseIsImported",
       {ABuild(1)},
       {Runner("a", 4, 0), Warm(Runner("b", 1, 0), "linux-7.3")},
       {{1, "b"}}},
      {"WarmForAnotherBaseIsNotWarm",
       {ABuild(1)},
       {Runner("a", 1, 0), Warm(Runner("b", 1, 0), "linux-7.2")},
       {{1, "a"}}},
      {"ARunGoesWhereItsBuildIs",
       {ARun(1, "x")},
       {Runner("a", 0, 9), Warm(Runner("b", 0, 1), "linux-7.3", "x"),
        Warm(Runner("c", 0, 9), "linux-7.3")},
       {{1, "b"}}},
      {"AColdRunnerIsBetterThanNone",
       {ARun(1, "x"), ARun(2, "x")},
       {Runner("a", 0, 1), Warm(Runner("b", 0, 1), "linux-7.3", "x")},
       {{1, "b"}, {2, "a"}}},
      {"AmongEqualsTheOneWithMostFreeSlots",
       {ARun(1, "x"), ARun(2, "x"), ARun(3, "x")},
       {Runner("a", 0, 1), Runner("b", 0, 2)},
       {{1, "b"}, {2, "a"}, {3, "b"}}},
      {"AllTagsAreNeeded",
       {ARun(1, "x", {"arch=arm64", "cpu=b"}), ARun(2, "x", {"arch=arm64"})},
       {Tagged(Runner("a", 0, 9), {"arch=arm64", "machine=qemu"})},
       {{2, "a"}}},
      {"WhoCannotBeServedHoldsNobodyUp",
       {Urgent(ARun(1, "x", {"cpu=b"})), ARun(2, "x")},
       {Runner("a", 0, 1)},
       {{2, "a"}}},
      {"ABoardHasOneRunAtATimeAndTakesNoSlot",
       {OnBoard(ARun(1, "x"), "d"), OnBoard(ARun(2, "x"), "d"), OnBoard(ARun(3, "x"), "e"),
        ARun(4, "x")},
       {WithBoards(Runner("a", 0, 1), {"d", "e"})},
       {{1, "a"}, {3, "a"}, {4, "a"}}},
      {"ABoardIsServedByWhoHasIt",
       {OnBoard(ARun(1, "x"), "d"), OnBoard(ARun(2, "x"), "f")},
       {Runner("a", 9, 9), WithBoards(Runner("b", 0, 0), {"d"})},
       {{1, "b"}}},
      {"ARunnerWithOtherSourcesIsTheLast", {ABuild(1)}, {odd, Runner("b", 1, 0)}, {{1, "b"}}},
      {"ButBetterThanNobodySayingSo", {ABuild(1)}, {odd}, {{1, "a"}}},
  };
}

TEST(SchedulerTest, EachStateHasItsAssignmentsInAnyOrder) {
  std::mt19937 random(1);
  for (const State& state : States()) {
    SCOPED_TRACE(state.name);
    std::vector<ReadyJob> jobs = state.jobs;
    std::vector<IdleRunner> runners = state.runners;
    for (int i = 0; i < 20; ++i) {
      std::vector<Assignment> got = Schedule(jobs, runners);
      std::sort(got.begin(), got.end(),
                [](const Assignment& a, const Assignment& b) { return a.job < b.job; });
      EXPECT_EQ(got, state.expected);
      std::shuffle(jobs.begin(), jobs.end(), random);
      std::shuffle(runners.begin(), runners.end(), random);
    }
  }
}

// Seeded states of all sizes: what must hold in every one of them.
TEST(SchedulerTest, NoStateBreaksAConstraint) {
  std::mt19937 random(2);
  auto below = [&](uint32_t n) { return static_cast<int>(random() % n); };
  for (int round = 0; round < 2000; ++round) {
    std::vector<ReadyJob> jobs;
    for (int key = 1; key <= below(20); ++key) {
      const std::string build = "b" + std::to_string(below(5));
      jobs.push_back(below(2) ? ABuild(key) : ARun(key, build, {"t=" + std::to_string(below(3))}));
      if (jobs.back().run && below(4) == 0) jobs.back().board = "d" + std::to_string(below(3));
      jobs.back().priority = below(3);
    }
    std::vector<IdleRunner> runners;
    for (int i = 0; i < below(6); ++i) {
      runners.push_back(Tagged(Runner("r" + std::to_string(i), below(3), below(4)),
                               {"t=" + std::to_string(below(3)), "t=0"}));
      if (below(2)) runners.back().boards.insert("d" + std::to_string(below(3)));
      if (below(2)) runners.back().warm_builds.insert("b" + std::to_string(below(5)));
    }
    const std::vector<Assignment> got = Schedule(jobs, runners);
    std::shuffle(jobs.begin(), jobs.end(), random);
    std::shuffle(runners.begin(), runners.end(), random);
    ASSERT_EQ(got, Schedule(jobs, runners));

    std::set<int64_t> assigned;
    for (const Assignment& assignment : got) {
      ASSERT_TRUE(assigned.insert(assignment.job).second);
      auto job = std::find_if(jobs.begin(), jobs.end(),
                              [&](const ReadyJob& j) { return j.key == assignment.job; });
      auto runner = std::find_if(runners.begin(), runners.end(),
                                 [&](const IdleRunner& r) { return r.name == assignment.runner; });
      ASSERT_GT(Room(*runner, *job), 0u);
      if (job->board.empty())
        --(job->run ? runner->run_slots : runner->build_slots);
      else
        runner->boards.erase(job->board);
    }
    // Who was left out found no free slot.
    for (const ReadyJob& job : jobs) {
      if (assigned.contains(job.key)) continue;
      for (const IdleRunner& runner : runners) ASSERT_EQ(Room(runner, job), 0u);
    }
  }
}

}  // namespace
}  // namespace roxlab
