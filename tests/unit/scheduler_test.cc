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
ReadyJob Of(const std::string& submitter, ReadyJob job) {
  job.submitter = submitter;
  return job;
}
ReadyJob Waited(int64_t hours, ReadyJob job) {
  job.waited_ms = hours * kAgingMs;
  return job;
}
ReadyJob Needing(uint32_t memory_mib, ReadyJob job) {
  job.memory_mib = memory_mib;
  return job;
}
IdleRunner WithMemory(uint32_t mib, IdleRunner runner) {
  runner.memory_mib = mib;
  return runner;
}

struct State {
  std::string name;
  std::vector<ReadyJob> jobs;
  std::vector<IdleRunner> runners;
  std::vector<Assignment> expected;
  Shares under_way = {};
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
      {"WhoHasFewestUnderWayIsNext",
       {Of("ann", ARun(1, "x")), Of("bob", ARun(2, "x"))},
       {Runner("a", 0, 1)},
       {{2, "a"}},
       {{{Lane::kRun, "ann"}, 1}}},
      {"SlotsAreSharedHoweverManyOneHandsIn",
       {Of("ann", ARun(1, "x")), Of("ann", ARun(2, "x")), Of("ann", ARun(3, "x")),
        Of("ann", ARun(4, "x")), Of("bob", ARun(5, "x")), Of("bob", ARun(6, "x"))},
       {Runner("a", 0, 4)},
       {{1, "a"}, {2, "a"}, {5, "a"}, {6, "a"}}},
      {"WhatOthersLeaveIsTaken",
       {Of("ann", ARun(1, "x")), Of("ann", ARun(2, "x")), Of("bob", ARun(3, "x"))},
       {Runner("a", 0, 3)},
       {{1, "a"}, {2, "a"}, {3, "a"}}},
      {"BuildsUnderWayDoNotCountAgainstRuns",
       {Of("ann", ARun(1, "x")), Of("bob", ARun(2, "x"))},
       {Runner("a", 0, 1)},
       {{1, "a"}},
       {{{Lane::kBuild, "ann"}, 7}}},
      {"PriorityBeforeShare",
       {Of("bob", ARun(1, "x")), Urgent(Of("ann", ARun(2, "x")))},
       {Runner("a", 0, 1)},
       {{2, "a"}},
       {{{Lane::kRun, "ann"}, 3}}},
      {"WhoHasNothingRisesWithTheHours",
       {Waited(2, Of("bob", ARun(1, "x"))), Urgent(Of("ann", ARun(2, "x")))},
       {Runner("a", 0, 1)},
       {{1, "a"}}},
      {"WhoIsServedDoesNotRise",
       {Waited(9, Of("bob", ARun(1, "x"))), Urgent(Of("ann", ARun(2, "x")))},
       {Runner("a", 0, 1)},
       {{2, "a"}},
       {{{Lane::kRun, "bob"}, 1}}},
      {"MemoryBoundsRuns",
       {Needing(4096, ARun(1, "x")), Needing(4096, ARun(2, "x")), Needing(1024, ARun(3, "x"))},
       {WithMemory(6000, Runner("a", 0, 9))},
       {{1, "a"}, {3, "a"}}},
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
      std::vector<Assignment> got = Schedule(jobs, runners, state.under_way);
      std::sort(got.begin(), got.end(),
                [](const Assignment& a, const Assignment& b) { return a.job < b.job; });
      EXPECT_EQ(got, state.expected);
      std::shuffle(jobs.begin(), jobs.end(), random);
      std::shuffle(runners.begin(), runners.end(), random);
    }
  }
}

// What a seeded state is made of.
class AnyState {
 public:
  explicit AnyState(unsigned seed) : random_(seed) {
    for (int key = 1, last = Below(20); key <= last; ++key) jobs.push_back(AnyJob(key));
    for (int i = 0, last = Below(6); i < last; ++i) runners.push_back(AnyRunner(i));
    for (const char* who : {"ann", "bob", "cem"})
      for (Lane lane : {Lane::kBuild, Lane::kRun, Lane::kBoard}) under_way[{lane, who}] = Below(4);
  }
  void Shuffle() {
    std::shuffle(jobs.begin(), jobs.end(), random_);
    std::shuffle(runners.begin(), runners.end(), random_);
  }
  std::vector<Assignment> Scheduled() const { return Schedule(jobs, runners, under_way); }
  const ReadyJob& Job(const Assignment& assignment) const {
    return *std::find_if(jobs.begin(), jobs.end(),
                         [&](const ReadyJob& job) { return job.key == assignment.job; });
  }
  IdleRunner& RunnerOf(const Assignment& assignment) {
    return *std::find_if(runners.begin(), runners.end(), [&](const IdleRunner& runner) {
      return runner.name == assignment.runner;
    });
  }

  std::vector<ReadyJob> jobs;
  std::vector<IdleRunner> runners;
  Shares under_way;

 private:
  int Below(uint32_t n) { return static_cast<int>(random_() % n); }
  ReadyJob AnyJob(int key) {
    const std::string build = "b" + std::to_string(Below(5));
    ReadyJob job =
        Below(2) ? ABuild(key)
                 : Needing(Below(3) * 1024u, ARun(key, build, {"t=" + std::to_string(Below(3))}));
    if (job.run && Below(4) == 0) job.board = "d" + std::to_string(Below(3));
    job.priority = Below(3);
    job.submitter = std::vector{"ann", "bob", "cem"}[Below(3)];
    job.waited_ms = Below(4) * kAgingMs / 2;
    return job;
  }
  IdleRunner AnyRunner(int number) {
    IdleRunner runner = WithMemory(Below(5) * 1024u,
                                   Tagged(Runner("r" + std::to_string(number), Below(3), Below(4)),
                                          {"t=" + std::to_string(Below(3)), "t=0"}));
    if (Below(2)) runner.boards.insert("d" + std::to_string(Below(3)));
    if (Below(2)) runner.warm_builds.insert("b" + std::to_string(Below(5)));
    return runner;
  }

  std::mt19937 random_;
};

constexpr unsigned kStates = 3000;

TEST(SchedulerTest, TheOrderOfJobsAndRunnersMakesNoDifference) {
  for (unsigned seed = 0; seed < kStates; ++seed) {
    AnyState state(seed);
    const std::vector<Assignment> got = state.Scheduled();
    state.Shuffle();
    ASSERT_EQ(got, state.Scheduled()) << "seed " << seed;
  }
}

TEST(SchedulerTest, NoStateBreaksAConstraintAndNoneLeavesASlotToNobody) {
  for (unsigned seed = 0; seed < kStates; ++seed) {
    SCOPED_TRACE(seed);
    AnyState state(seed);
    std::set<int64_t> assigned;
    for (const Assignment& assignment : state.Scheduled()) {
      ASSERT_TRUE(assigned.insert(assignment.job).second);
      ASSERT_GT(Room(state.RunnerOf(assignment), state.Job(assignment)), 0u);
      Take(state.RunnerOf(assignment), state.Job(assignment));
    }
    for (const ReadyJob& job : state.jobs) {
      if (assigned.contains(job.key)) continue;
      for (const IdleRunner& runner : state.runners) ASSERT_EQ(Room(runner, job), 0u);
    }
  }
}

// Among those who want the same, nobody is given a second job while another, who has no more than
// the first under way, is left without.
TEST(SchedulerTest, NobodyIsAheadOfAnotherByMoreThanAJob) {
  int seen = 0;
  for (unsigned seed = 0; seed < kStates; ++seed) {
    SCOPED_TRACE(seed);
    AnyState state(seed);
    for (ReadyJob& job : state.jobs) {
      job.priority = job.waited_ms = 0;
      job.needs.clear();
      job.memory_mib = 0;
    }
    Shares has = state.under_way;
    std::map<std::pair<Lane, std::string>, int> left;
    for (const ReadyJob& job : state.jobs) ++left[{job.lane(), job.submitter}];
    std::set<std::pair<Lane, std::string>> served;
    for (const Assignment& assignment : state.Scheduled()) {
      const ReadyJob& job = state.Job(assignment);
      ++has[{job.lane(), job.submitter}];
      --left[{job.lane(), job.submitter}];
      served.insert({job.lane(), job.submitter});
    }
    for (const auto& [winner, name] : served) {
      for (const auto& [loser, jobs] : left) {
        if (loser.first != winner || winner == Lane::kBoard || jobs == 0) continue;
        ++seen;
        ASSERT_LE(has[std::pair(winner, name)], has[loser] + 1) << name << " " << loser.second;
      }
    }
  }
  EXPECT_GT(seen, 500);  // The states have such cases.
}

// A stream of urgent work of one submitter for ever, and a job of another's: it is served.
TEST(SchedulerTest, NobodyWaitsForEverBehindHigherPriorities) {
  ReadyJob patient = Of("bob", ARun(1, "x"));
  for (int hour = 0; hour <= 11; ++hour) {
    ReadyJob urgent = Of("ann", ARun(100 + hour, "x"));
    urgent.priority = 10;
    const std::vector<Assignment> got =
        Schedule({Waited(hour, patient), urgent}, {Runner("a", 0, 1)}, {});
    ASSERT_EQ(got.size(), 1u);
    if (got[0].job == patient.key) {
      EXPECT_EQ(hour, 10);  // The older of equals.
      return;
    }
  }
  FAIL() << "never served";
}

}  // namespace
}  // namespace roxlab
