// SPDX-License-Identifier: Apache-2.0
//
// Which runners are given work: paused ones, and those that end jobs in ERROR.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/server_fixture.h"

namespace roxlab {
namespace {

using ::testing::HasSubstr;
using ::testing::SizeIs;

class ServerRunnersTest : public ServerTest {
 protected:
  void SetUp() override {
    ServerTest::SetUp();
    ASSERT_TRUE(Submit(Spec()).ok());
  }
  static v1::ExperimentSpec Spec() {
    v1::ExperimentSpec spec = TestExperiment();
    spec.clear_variants();
    spec.clear_baseline();
    spec.clear_expect();
    spec.add_variants("stock");
    return spec;
  }

  // The runner as the server lists it; empty when it does not.
  v1::Runner Standing(const std::string& name) {
    const auto runners = Call(&v1::Lab::Stub::ListRunners, v1::ListRunnersRequest());
    EXPECT_TRUE(runners.ok()) << runners.status();
    for (const v1::Runner& runner : runners->runners())
      if (runner.name() == name) return runner;
    return {};
  }
  absl::StatusOr<v1::Runner> SetRunner(const std::string& name, bool paused,
                                       const std::string& reason) {
    v1::SetRunnerRequest request;
    request.set_name(name);
    request.set_paused(paused);
    request.set_reason(reason);
    return Call(&v1::Lab::Stub::SetRunner, request);
  }
  // Takes a job and ends it so; then lets the time of a second try come.
  void EndOne(FakeRunner& runner, v1::Verdict verdict, const std::string& summary) {
    ASSERT_TRUE(runner.WaitForJobs(1).ok());
    ASSERT_TRUE(runner.Finish(runner.Ended(runner.job(), verdict, "tool", summary)).ok());
    clock_.Advance(absl::Seconds(30));
  }
  // Waits until the runner is asked to check itself, and tells what it found.
  void CheckItself(FakeRunner& runner, const std::string& error) {
    clock_.Advance(absl::Seconds(61));
    absl::StatusOr<v1::SynchronizeResponse> answer = runner.Synchronize(0);
    while (answer.ok() && answer->check() == 0) answer = runner.Synchronize(0);
    ASSERT_TRUE(answer.ok()) << answer.status();
    runner.says().mutable_check()->set_number(answer->check());
    runner.says().mutable_check()->set_error(error);
    ASSERT_TRUE(runner.Synchronize(0).ok());
  }
};

TEST_F(ServerRunnersTest, APausedRunnerKeepsWhatItHasAndGetsNothingNew) {
  FakeRunner runner = MakeRunner("r1");
  ASSERT_TRUE(runner.WaitForJobs(1).ok());
  EXPECT_EQ(SetRunner("r1", true, "new disk")->jobs_size(), 1);
  ASSERT_TRUE(runner.Finish(runner.Passed(runner.job())).ok());
  ASSERT_TRUE(runner.Synchronize(0).ok());
  EXPECT_THAT(runner.jobs(), SizeIs(0));
  EXPECT_EQ(Standing("r1").reason(), "new disk");
  ASSERT_TRUE(SetRunner("r1", false, "").ok());
  EXPECT_TRUE(runner.WaitForJobs(2).ok());
  EXPECT_EQ(Standing("r1").state(), v1::RUNNER_READY);
}

TEST_F(ServerRunnersTest, OnlyRunnersThatCameCanBePaused) {
  FakeRunner runner = MakeRunner("r1");
  ASSERT_TRUE(runner.Synchronize(0).ok());
  const absl::Status unknown = SetRunner("r2", true, "").status();
  EXPECT_EQ(unknown.code(), absl::StatusCode::kNotFound);
  EXPECT_THAT(unknown.message(), HasSubstr("r1"));
  EXPECT_EQ(SetRunner("r1", true, "two\nlines").status().code(),
            absl::StatusCode::kInvalidArgument);
}

TEST_F(ServerRunnersTest, ThreeErrorsInARowEndInQuarantineUntilItHasCheckedItself) {
  FakeRunner runner = MakeRunner("r1");
  for (int attempt = 0; attempt < 3; ++attempt) {
    ASSERT_NE(Standing("r1").state(), v1::RUNNER_QUARANTINED);
    EndOne(runner, v1::ERROR, "no compiler");
  }
  EXPECT_EQ(Standing("r1").state(), v1::RUNNER_QUARANTINED);
  EXPECT_THAT(Standing("r1").reason(), HasSubstr("no compiler"));
  ASSERT_TRUE(Submit(Spec()).ok());
  const auto answer = runner.Synchronize(0);
  EXPECT_EQ(answer->check(), 0);  // Not at once.
  EXPECT_THAT(runner.jobs(), SizeIs(0));

  CheckItself(runner, "still no compiler");
  EXPECT_EQ(Standing("r1").state(), v1::RUNNER_QUARANTINED);
  EXPECT_EQ(Standing("r1").reason(), "checked itself and found: still no compiler");
  EXPECT_THAT(runner.jobs(), SizeIs(0));

  CheckItself(runner, "");
  EXPECT_TRUE(runner.WaitForJobs(1).ok());
  EXPECT_EQ(Standing("r1").state(), v1::RUNNER_READY);
}

TEST_F(ServerRunnersTest, AnAnswerToAnOlderCheckSaysNothing) {
  FakeRunner runner = MakeRunner("r1");
  for (int attempt = 0; attempt < 3; ++attempt) EndOne(runner, v1::ERROR, "no compiler");
  CheckItself(runner, "broken");
  clock_.Advance(absl::Seconds(61));
  while (runner.Synchronize(0)->check() == 0) {
  }
  runner.says().mutable_check()->clear_error();  // Under the number of before.
  ASSERT_TRUE(runner.Synchronize(0).ok());
  EXPECT_EQ(Standing("r1").state(), v1::RUNNER_QUARANTINED);
}

TEST_F(ServerRunnersTest, AFailureOfTheVariantEndsARowOfErrors) {
  FakeRunner runner = MakeRunner("r1");
  for (v1::Verdict verdict : {v1::ERROR, v1::ERROR, v1::FAIL}) EndOne(runner, verdict, "x");
  v1::ExperimentSpec other = Spec();
  other.clear_variants();
  other.add_variants("rox-cache");
  ASSERT_TRUE(Submit(other).ok());
  EndOne(runner, v1::ERROR, "x");
  EXPECT_NE(Standing("r1").state(), v1::RUNNER_QUARANTINED);
}

TEST_F(ServerRunnersTest, APersonLetsARunnerOutOfQuarantine) {
  FakeRunner runner = MakeRunner("r1");
  for (int attempt = 0; attempt < 3; ++attempt) EndOne(runner, v1::ERROR, "no compiler");
  ASSERT_TRUE(SetRunner("r1", false, "").ok());
  ASSERT_TRUE(Submit(Spec()).ok());
  EXPECT_TRUE(runner.WaitForJobs(1).ok());
}

}  // namespace
}  // namespace roxlab
