// SPDX-License-Identifier: Apache-2.0
//
// Experiments that decide themselves how many seeds they take, on a real server, with a runner that
// only pretends to work.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/server_fixture.h"

namespace roxlab {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class AutoSeedsTest : public ServerTest {
 protected:
  static v1::ExperimentSpec Spec() {
    v1::ExperimentSpec spec = TestExperiment();
    spec.clear_seeds();
    spec.mutable_expect(0)->clear_evidence();
    v1::AutoSeeds& seeds = *spec.mutable_auto_seeds();
    seeds.set_start(6);
    seeds.set_step(4);
    seeds.set_limit(16);
    seeds.set_width_percent(2);
    return spec;
  }
  // -20 % and never far from it: narrow at once.
  static double Steady(const v1::Run& run) {
    return (run.variant() == "stock" ? 5000 : 4000) + static_cast<double>(run.seed() % 3);
  }
  // Six seeds that are far apart, then more and more that are not.
  static double Settling(const v1::Run& run) {
    const double far = run.seed() <= 6 ? 100 * static_cast<double>(run.seed() % 3) : 0;
    return run.variant() == "stock" ? 5000 : 4000 + far;
  }
  // Far apart for ever.
  static double Restless(const v1::Run& run) {
    return run.variant() == "stock" ? 5000 : 4000 + 400 * static_cast<double>(run.seed() % 3);
  }
};

TEST_F(AutoSeedsTest, NarrowIntervalsTakeNoMoreThanTheFirstSeeds) {
  FakeRunner runner = MakeRunner("r1");
  const auto submitted = Submit(Spec());
  ASSERT_TRUE(submitted.ok()) << submitted.status();
  EXPECT_THAT(submitted->experiment().spec().seeds(), ElementsAre("auto"));
  const std::string id = submitted->experiment().id();
  DoAllWork(runner, id, Steady);
  const v1::GetExperimentResponse done = AwaitDone(id);
  EXPECT_EQ(done.experiment().verdict(), v1::PASS);
  EXPECT_EQ(done.experiment().runs().passed(), 12u);
  EXPECT_THAT(done.experiment().summary(), HasSubstr("; seeds: auto, 1-6 of at most 16, interval"));
}

TEST_F(AutoSeedsTest, SeedsAreAddedUntilTheIntervalIsNarrow) {
  FakeRunner runner = MakeRunner("r1");
  const std::string id = Submit(Spec())->experiment().id();
  DoAllWork(runner, id, Settling);
  const v1::GetExperimentResponse done = AwaitDone(id);
  EXPECT_EQ(done.experiment().verdict(), v1::PASS) << done.experiment().summary();
  ASSERT_EQ(done.runs_size(), 2 * 10);
  EXPECT_EQ(done.runs(19).seed(), 10u);
  EXPECT_EQ(done.runs(19).variant(), "rox-cache");
  EXPECT_EQ(done.runs(19).id(), id + "-20");
}

TEST_F(AutoSeedsTest, WhatItWaitsForIsSaidMeanwhile) {
  FakeRunner runner = MakeRunner("r1");
  const std::string id = Submit(Spec())->experiment().id();
  size_t ended = 0;
  while (ended < 2 + 12) {  // Two builds and the first twelve runs.
    ASSERT_TRUE(runner.WaitForJobs(1).ok());
    const v1::Job job = runner.job();
    const double value = job.has_run() ? Restless(GetRun(job.run().run())) : 0;
    ASSERT_TRUE(runner.Finish(runner.Passed(job, value)).ok());
    ++ended;
  }
  const v1::GetExperimentResponse more =
      Await(id, [](const auto& response) { return response.runs_size() == 20; });
  EXPECT_EQ(more.experiment().state(), v1::RUNNING);
  EXPECT_THAT(
      more.experiment().summary(),
      HasSubstr("seeds: auto, 1-6 of at most 16, interval of linear.l3_entries of rox-cache "
                "after loaded: "));
  EXPECT_THAT(more.experiment().summary(), HasSubstr(" % wide, 2 % asked, so 4 more"));
}

TEST_F(AutoSeedsTest, TheLimitEndsItAndIsSaid) {
  FakeRunner runner = MakeRunner("r1");
  const std::string id = Submit(Spec())->experiment().id();
  DoAllWork(runner, id, Restless);
  const v1::GetExperimentResponse done = AwaitDone(id);
  EXPECT_EQ(done.experiment().runs().total(), 32u);
  EXPECT_THAT(done.experiment().summary(), HasSubstr("seeds: auto, 1-16 of at most 16"));
}

// Every run has ended, and the server with them, before more seeds could be added.
TEST_F(AutoSeedsTest, ARestartAtTheWorstMomentDecidesTheSame) {
  FakeRunner runner = MakeRunner("r1");
  const std::string id = Submit(Spec())->experiment().id();
  for (int restarts = 0; Get(id).experiment().state() != v1::DONE; ++restarts) {
    ASSERT_LT(restarts, 100);
    ASSERT_TRUE(runner.WaitForJobs(1).ok());
    while (!runner.jobs().empty()) {
      const v1::Job job = runner.job();
      const double value = job.has_run() ? Settling(GetRun(job.run().run())) : 0;
      ASSERT_TRUE(runner.Finish(runner.Passed(job, value)).ok());
    }
    RestartServer();
    runner.Connect(server_->address());
    if (Get(id).experiment().runs().queued() == 0)
      Await(id, [](const auto& response) {
        return response.experiment().state() == v1::DONE ||
               response.experiment().runs().queued() != 0;
      });
  }
  const v1::GetExperimentResponse done = Get(id);
  EXPECT_EQ(done.experiment().verdict(), v1::PASS) << done.experiment().summary();
  EXPECT_EQ(done.experiment().runs().passed(), 20u);
}

TEST_F(AutoSeedsTest, ARunThatFailsEndsItWithItsOwnVerdict) {
  FakeRunner runner = MakeRunner("r1");
  const std::string id = Submit(Spec())->experiment().id();
  bool failed = false;
  while (Get(id).experiment().state() != v1::DONE) {
    ASSERT_TRUE(runner.Synchronize(0).ok());
    const std::map<std::string, v1::Job> jobs = runner.jobs();
    for (const auto& [job_id, job] : jobs) {
      v1::FinishJobRequest result =
          runner.Passed(job, job.has_run() ? Restless(GetRun(job.run().run())) : 0);
      if (job.has_run() && !failed) {
        result = runner.Ended(job, v1::FAIL, "panic", "it broke");
        failed = true;
      }
      ASSERT_TRUE(runner.Finish(result).ok());
    }
  }
  EXPECT_EQ(Get(id).experiment().verdict(), v1::FAIL);
  EXPECT_EQ(Get(id).runs_size(), 12);
}

TEST_F(AutoSeedsTest, AMetricThatNoRunHasTakesNoMoreSeeds) {
  FakeRunner runner = MakeRunner("r1");
  v1::ExperimentSpec spec = Spec();
  spec.mutable_expect(0)->set_metric("vmemmap.l3_entries");
  const std::string id = Submit(spec)->experiment().id();
  DoAllWork(runner, id, Steady);
  const v1::GetExperimentResponse done = AwaitDone(id);
  EXPECT_EQ(done.experiment().verdict(), v1::ERROR);
  EXPECT_EQ(done.runs_size(), 12);
}

// The baseline is zero, so the change is no percentage and has no interval: only the limit ends it.
TEST_F(AutoSeedsTest, ABaselineOfZeroGoesToTheLimit) {
  FakeRunner runner = MakeRunner("r1");
  v1::ExperimentSpec spec = Spec();
  spec.mutable_expect(0)->set_relation("above");
  const std::string id = Submit(spec)->experiment().id();
  DoAllWork(runner, id, [](const v1::Run& run) { return run.variant() == "stock" ? 0.0 : 9.0; });
  const v1::GetExperimentResponse done = AwaitDone(id);
  EXPECT_EQ(done.experiment().verdict(), v1::PASS) << done.experiment().summary();
  EXPECT_EQ(done.runs_size(), 32);
  EXPECT_THAT(done.experiment().summary(), HasSubstr("after loaded: none, 2 % asked"));
}

TEST_F(AutoSeedsTest, BadRulesAreRefusedWithTheirReason) {
  auto says = [&](const std::function<void(v1::ExperimentSpec&)>& spoil) {
    v1::ExperimentSpec spec = Spec();
    spoil(spec);
    return std::string(Submit(spec).status().message());
  };
  EXPECT_THAT(says([](auto& s) { s.clear_expect(); }), HasSubstr("auto needs an expectation"));
  EXPECT_THAT(says([](auto& s) { s.mutable_auto_seeds()->set_limit(5); }),
              HasSubstr("starts with 6, which is over its limit of 5"));
  EXPECT_THAT(says([](auto& s) { s.mutable_auto_seeds()->set_start(5); }),
              HasSubstr("'below' needs at least 6 seeds, not 5"));
  EXPECT_THAT(says([](auto& s) { s.mutable_auto_seeds()->set_limit(5001); }),
              HasSubstr("more than 10000 runs"));
  EXPECT_THAT(says([](auto& s) { s.mutable_auto_seeds()->set_width_percent(-1); }),
              HasSubstr("which none can have"));
  EXPECT_THAT(says([](auto& s) { s.add_seeds("1-8"); }), HasSubstr("write 'seeds: auto'"));
  EXPECT_THAT(says([](auto& s) {
                s.add_seeds("auto");
                s.add_seeds("9");
              }),
              HasSubstr("exclude each other"));
}

}  // namespace
}  // namespace roxlab
