// SPDX-License-Identifier: Apache-2.0
//
// Who holds a job, and what becomes of it when someone goes away.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "db/connection.h"
#include "tests/support/server_fixture.h"

namespace roxlab {
namespace {

using ::testing::HasSubstr;
using ::testing::SizeIs;

class ServerLeasesTest : public ServerTest {
 protected:
  void SetUp() override {
    ServerTest::SetUp();
    v1::ExperimentSpec spec = TestExperiment();
    spec.clear_variants();
    spec.clear_expect();
    spec.add_variants("stock");
    id_ = Submit(spec)->experiment().id();
  }
  // What a runner that gives a job back or fails to begin waits for.
  void PassPause() { clock_.Advance(absl::Seconds(2)); }

  std::string id_;
};

TEST_F(ServerLeasesTest, AJobIsGivenToOneRunner) {
  FakeRunner first = MakeRunner("r1"), second = MakeRunner("r2");
  ASSERT_TRUE(first.WaitForJobs(1).ok());
  ASSERT_TRUE(second.Synchronize(0).ok());
  EXPECT_THAT(second.jobs(), SizeIs(0));
  const v1::GetExperimentResponse now = Get(id_);
  EXPECT_EQ(now.experiment().state(), v1::RUNNING);
  EXPECT_EQ(now.builds(0).state(), v1::RUNNING);
  EXPECT_EQ(now.builds(0).runner(), "r1");
}

TEST_F(ServerLeasesTest, WhatARunnerNamesStaysItsOwn) {
  FakeRunner runner = MakeRunner("r1"), other = MakeRunner("r2");
  ASSERT_TRUE(runner.WaitForJobs(1).ok());
  for (int i = 0; i < 5; ++i) {
    clock_.Advance(absl::Milliseconds(kLeaseMs / 2));
    ASSERT_TRUE(runner.Synchronize(0).ok());
    ASSERT_TRUE(other.Synchronize(0).ok());
  }
  EXPECT_THAT(other.jobs(), SizeIs(0));
  EXPECT_TRUE(runner.Finish(runner.Passed(runner.job())).ok());
}

TEST_F(ServerLeasesTest, ALeaseThatEndsGoesToAnotherRunnerAndTheFirstResultIsDropped) {
  FakeRunner gone = MakeRunner("gone"), other = MakeRunner("other");
  ASSERT_TRUE(gone.WaitForJobs(1).ok());
  const v1::Job lost = gone.job();
  clock_.Advance(absl::Milliseconds(kLeaseMs + 1));
  ASSERT_TRUE(other.WaitForJobs(1).ok());
  EXPECT_EQ(other.job().build().build(), lost.build().build());
  EXPECT_NE(other.job().id(), lost.id());

  EXPECT_EQ(gone.Finish(gone.Passed(lost)).code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(gone.AppendLog(lost.id(), 0, "late").status().code(),
            absl::StatusCode::kFailedPrecondition);
  ASSERT_TRUE(gone.WaitForDrop(lost.id()).ok());
  EXPECT_TRUE(other.Finish(other.Passed(other.job())).ok());
}

TEST_F(ServerLeasesTest, ARestartedRunnerLosesItsJobsAtOnce) {
  FakeRunner runner = MakeRunner("r1");
  ASSERT_TRUE(runner.WaitForJobs(1).ok());
  const std::string lost = runner.job().id();
  runner.Restart();
  ASSERT_TRUE(runner.WaitForJobs(1).ok());
  EXPECT_NE(runner.job().id(), lost);
}

TEST_F(ServerLeasesTest, AJobThatKillsItsRunnerEveryTimeEndsInAnError) {
  FakeRunner runner = MakeRunner("r1");
  for (int attempt = 0; attempt < 3; ++attempt) {
    ASSERT_TRUE(runner.WaitForJobs(1).ok());
    runner.Restart();
  }
  ASSERT_TRUE(runner.Synchronize(0).ok());
  const v1::GetExperimentResponse done = AwaitDone(id_);
  EXPECT_EQ(done.builds(0).verdict(), v1::ERROR);
  EXPECT_THAT(done.builds(0).failure().summary(), HasSubstr("runner r1 was started anew"));
  EXPECT_EQ(done.experiment().verdict(), v1::ERROR);
}

TEST_F(ServerLeasesTest, WhatARunnerGivesBackDoesNotCountAsAnAttempt) {
  FakeRunner runner = MakeRunner("r1");
  for (int i = 0; i < 10; ++i) {
    ASSERT_TRUE(runner.WaitForJobs(1).ok());
    FakeRunner same = MakeRunner("r1");
    same.says().set_session(runner.says().session());
    same.says().set_build_slots(0);
    ASSERT_TRUE(same.Synchronize(0).ok());  // Names no job.
    const std::string lost = runner.job().id();
    ASSERT_TRUE(runner.WaitForDrop(lost).ok());
    PassPause();
  }
  ASSERT_TRUE(runner.WaitForJobs(1).ok());
  EXPECT_TRUE(runner.Finish(runner.Passed(runner.job())).ok());
}

TEST_F(ServerLeasesTest, ARepeatedResultIsHarmless) {
  FakeRunner runner = MakeRunner("r1");
  ASSERT_TRUE(runner.WaitForJobs(1).ok());
  const v1::FinishJobRequest result = runner.Passed(runner.job());
  EXPECT_TRUE(runner.Finish(result).ok());
  EXPECT_TRUE(runner.Finish(result).ok());
  ASSERT_TRUE(runner.WaitForJobs(2).ok());
  EXPECT_TRUE(runner.Finish(result).ok());
  EXPECT_EQ(Get(id_).builds(0).verdict(), v1::PASS);
}

TEST_F(ServerLeasesTest, AServerRestartInterruptsNothing) {
  FakeRunner runner = MakeRunner("r1");
  ASSERT_TRUE(runner.WaitForJobs(1).ok());
  ASSERT_TRUE(runner.AppendLog(runner.job().id(), 0, "one ").ok());
  server_.reset();
  // Longer than a lease, but nobody could have called.
  clock_.Advance(absl::Milliseconds(2 * kLeaseMs));
  StartServer();
  runner.Connect(server_->address());
  ASSERT_TRUE(runner.Synchronize(0).ok());
  EXPECT_THAT(runner.dropped(), SizeIs(0));
  EXPECT_EQ(*runner.AppendLog(runner.job().id(), 4, "two"), 7u);
  ASSERT_TRUE(runner.Finish(runner.Passed(runner.job())).ok());
  ASSERT_TRUE(runner.WaitForJobs(2).ok());

  RestartServer();
  runner.Connect(server_->address());
  DoAllWork(runner, id_, [](const v1::Run&) { return 1; });
  EXPECT_EQ(AwaitDone(id_).experiment().verdict(), v1::PASS);
}

TEST_F(ServerLeasesTest, AVerdictThatWasNotGivenBeforeACrashIsGivenAfterIt) {
  FakeRunner runner = MakeRunner("r1");
  DoAllWork(runner, id_, [](const v1::Run&) { return 1; });
  server_.reset();
  {
    // As if the process had ended between the last result and the verdict.
    auto connection =
        Connection::Open(home_.path() / "home" / "lab.db", Connection::Mode::kReadWrite);
    ASSERT_TRUE(connection.ok()) << connection.status();
    (*connection)->raw().exec("UPDATE experiments SET state = 2, verdict = 0");
  }
  StartServer();
  EXPECT_EQ(AwaitDone(id_).experiment().verdict(), v1::PASS);
}

TEST_F(ServerLeasesTest, CancelEndsWhatIsQueuedAndDropsWhatRuns) {
  FakeRunner runner = MakeRunner("r1");
  ASSERT_TRUE(runner.WaitForJobs(1).ok());
  const v1::Job job = runner.job();
  v1::CancelExperimentRequest request;
  request.set_id(id_);
  const auto response = Call(&v1::Lab::Stub::CancelExperiment, request);
  ASSERT_TRUE(response.ok()) << response.status();
  EXPECT_EQ(response->cancelled(), 3u);  // One build, two runs.
  const v1::GetExperimentResponse now = Get(id_);
  EXPECT_EQ(now.experiment().state(), v1::DONE);
  EXPECT_EQ(now.experiment().verdict(), v1::CANCELLED);
  EXPECT_EQ(now.runs(0).verdict(), v1::CANCELLED);
  EXPECT_EQ(now.builds(0).verdict(), v1::CANCELLED);
  ASSERT_TRUE(runner.WaitForDrop(job.id()).ok());
  EXPECT_EQ(runner.Finish(runner.Passed(job)).code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(Call(&v1::Lab::Stub::CancelExperiment, request)->cancelled(), 0u);
}

TEST_F(ServerLeasesTest, CancelLeavesABuildThatAnotherExperimentWaitsFor) {
  v1::ExperimentSpec spec = Get(id_).experiment().spec();
  const std::string other = Submit(spec)->experiment().id();
  FakeRunner runner = MakeRunner("r1");
  ASSERT_TRUE(runner.WaitForJobs(1).ok());
  v1::CancelExperimentRequest request;
  request.set_id(id_);
  EXPECT_EQ(Call(&v1::Lab::Stub::CancelExperiment, request)->cancelled(), 2u);
  ASSERT_TRUE(runner.Finish(runner.Passed(runner.job())).ok());
  DoAllWork(runner, other, [](const v1::Run&) { return 1; });
  EXPECT_EQ(AwaitDone(other).experiment().verdict(), v1::PASS);
  EXPECT_EQ(Get(id_).experiment().verdict(), v1::CANCELLED);
}

TEST_F(ServerLeasesTest, ARunnerWithoutTheMachinesTagsGetsBuildsOnly) {
  FakeRunner builder = MakeRunner("builder");
  builder.says().clear_tags();
  ASSERT_TRUE(builder.WaitForJobs(1).ok());
  ASSERT_TRUE(builder.Finish(builder.Passed(builder.job())).ok());
  ASSERT_TRUE(builder.Synchronize(0).ok());
  EXPECT_THAT(builder.jobs(), SizeIs(0));
  FakeRunner runner = MakeRunner("runner");
  EXPECT_TRUE(runner.WaitForJobs(2).ok());
}

TEST_F(ServerLeasesTest, SlotsAreNotExceeded) {
  FakeRunner runner = MakeRunner("r1");
  runner.says().set_run_slots(1);
  ASSERT_TRUE(runner.WaitForJobs(1).ok());
  ASSERT_TRUE(runner.Finish(runner.Passed(runner.job())).ok());
  ASSERT_TRUE(runner.WaitForJobs(1).ok());
  ASSERT_TRUE(runner.Synchronize(0).ok());
  EXPECT_THAT(runner.jobs(), SizeIs(1));
}

TEST_F(ServerLeasesTest, MemoryIsNotExceeded) {
  FakeRunner runner = MakeRunner("r1");
  runner.says().set_run_slots(8);
  runner.says().set_run_memory_mib(2000);  // A guest of 1 GiB and its QEMU.
  ASSERT_TRUE(runner.WaitForJobs(1).ok());
  ASSERT_TRUE(runner.Finish(runner.Passed(runner.job())).ok());
  ASSERT_TRUE(runner.WaitForJobs(1).ok());
  ASSERT_TRUE(runner.Synchronize(0).ok());
  EXPECT_THAT(runner.jobs(), SizeIs(1));
}

TEST_F(ServerLeasesTest, WhatIsMoreUrgentGoesFirstWhoeverCameFirst) {
  v1::ExperimentSpec spec = TestExperiment();
  spec.clear_variants();
  spec.clear_baseline();
  spec.clear_expect();
  spec.add_variants("rox-cache");
  spec.set_priority(1);
  const std::string urgent = Get(Submit(spec)->experiment().id()).builds(0).id();
  FakeRunner runner = MakeRunner("r1");
  runner.says().set_build_slots(1);
  ASSERT_TRUE(runner.WaitForJobs(1).ok());
  EXPECT_EQ(runner.job().build().build(), urgent);
}

TEST_F(ServerLeasesTest, ABaseIsPinnedByTheFirstImportAndAnotherTreeIsAnError) {
  FakeRunner first = MakeRunner("first"), second = MakeRunner("second");
  ASSERT_TRUE(first.WaitForJobs(1).ok());
  ASSERT_TRUE(first.Finish(first.Passed(first.job())).ok());
  v1::ExperimentSpec spec = TestExperiment();
  spec.clear_variants();
  spec.clear_baseline();
  spec.clear_expect();
  spec.add_variants("rox-cache");
  const std::string other = Submit(spec)->experiment().id();
  second.says().set_run_slots(0);
  for (int attempt = 0; attempt < 3; ++attempt) {
    ASSERT_TRUE(second.WaitForJobs(1).ok());
    EXPECT_EQ(second.job().build().base_tree(), "tree-1");
    v1::FinishJobRequest result = second.Passed(second.job());
    result.set_base_tree("tree-2");
    ASSERT_TRUE(second.Finish(result).ok());
    clock_.Advance(absl::Seconds(30));
  }
  const v1::Build build = AwaitDone(other).builds(0);
  EXPECT_EQ(build.verdict(), v1::ERROR);
  EXPECT_EQ(build.failure().kind(), "base");
  EXPECT_THAT(build.failure().summary(),
              HasSubstr("runner second has linux-7.3 as tree tree-2, the lab knows it as tree "
                        "tree-1 (first imported by first)"));
}

TEST_F(ServerLeasesTest, AResultWhoseFilesWereNotUploadedIsAnErrorOfTheLab) {
  FakeRunner runner = MakeRunner("r1");
  for (int attempt = 0; attempt < 3; ++attempt) {
    ASSERT_TRUE(runner.WaitForJobs(1).ok());
    v1::FinishJobRequest result = runner.Passed(runner.job());
    result.mutable_artifacts(0)->set_sha256(std::string(64, 'a'));
    ASSERT_TRUE(runner.Finish(result).ok());
    clock_.Advance(absl::Seconds(60));
  }
  EXPECT_THAT(AwaitDone(id_).builds(0).failure().summary(),
              HasSubstr("artifact Image was not uploaded"));
}

TEST_F(ServerLeasesTest, AWaitingRunnerIsGivenNewWorkAtOnce) {
  FakeRunner runner = MakeRunner("r1");
  runner.says().set_build_slots(4);
  ASSERT_TRUE(runner.WaitForJobs(1).ok());
  absl::StatusOr<v1::SynchronizeResponse> answer;
  std::thread waiting([&] { answer = runner.Synchronize(kLeaseMs); });
  // The clock stands still, so the call can only end with news.
  v1::ExperimentSpec spec = TestExperiment();
  spec.clear_expect();
  ASSERT_TRUE(Submit(spec).ok());
  waiting.join();
  ASSERT_TRUE(answer.ok()) << answer.status();
  EXPECT_EQ(answer->jobs_size(), 1);
}

TEST_F(ServerLeasesTest, AWaitingRunnerIsAnsweredWhenItsTimeIsUp) {
  FakeRunner runner = MakeRunner("r1");
  ASSERT_TRUE(runner.WaitForJobs(1).ok());
  clock_.Advance(absl::Milliseconds(1));
  absl::StatusOr<v1::SynchronizeResponse> answer;
  std::thread waiting([&] { answer = runner.Synchronize(5000); });
  auto arrived = [&] {
    const auto list = Call(&v1::Lab::Stub::ListRunners, v1::ListRunnersRequest());
    return list.ok() && list->runners(0).seen_ms() == clock_.NowMs();
  };
  while (!arrived()) {
  }
  clock_.Advance(absl::Seconds(5));
  waiting.join();
  ASSERT_TRUE(answer.ok()) << answer.status();
  EXPECT_EQ(answer->jobs_size(), 0);
  EXPECT_EQ(answer->lease_ms(), kLeaseMs);
}

TEST_F(ServerLeasesTest, AnotherProtocolVersionIsRefusedWithTheRemedy) {
  FakeRunner runner = MakeRunner("r1");
  runner.says().set_protocol(2);
  const auto answer = runner.Synchronize(0);
  EXPECT_EQ(answer.status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(answer.status().message()), HasSubstr("upgrade the server"));
}

TEST_F(ServerLeasesTest, RunnersAreListedWithWhatTheyDo) {
  FakeRunner runner = MakeRunner("r1");
  ASSERT_TRUE(runner.WaitForJobs(1).ok());
  auto list = Call(&v1::Lab::Stub::ListRunners, v1::ListRunnersRequest());
  ASSERT_EQ(list->runners_size(), 1);
  EXPECT_TRUE(list->runners(0).online());
  EXPECT_EQ(list->runners(0).jobs(0), runner.job().build().build());
  clock_.Advance(absl::Milliseconds(kLeaseMs + 1));
  list = Call(&v1::Lab::Stub::ListRunners, v1::ListRunnersRequest());
  EXPECT_FALSE(list->runners(0).online());
}

}  // namespace
}  // namespace roxlab
