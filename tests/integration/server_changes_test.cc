// SPDX-License-Identifier: Apache-2.0
//
// WatchChanges over a real connection, and what is told to whom.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>

#include "tests/support/server_fixture.h"

namespace roxlab {
namespace {

struct Counter : EventHub::Listener {
  void OnEvent() override { ++events; }
  std::atomic<int> events = 0;
};

class ServerChangesTest : public ServerTest {
 protected:
  // A WatchChanges call with a deadline.
  struct Watch {
    grpc::ClientContext context;
    std::unique_ptr<grpc::ClientReader<v1::Change>> reader;

    bool Next() {
      v1::Change change;
      return reader->Read(&change) && change.now_ms() > 0;
    }
  };
  std::unique_ptr<Watch> StartWatch(const std::vector<std::string>& ids) {
    auto watch = std::make_unique<Watch>();
    watch->context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(30));
    v1::WatchChangesRequest request;
    *request.mutable_ids() = {ids.begin(), ids.end()};
    watch->reader = lab_->WatchChanges(&watch->context, request);
    return watch;
  }
  absl::StatusCode EndOf(const std::vector<std::string>& ids) {
    const auto watch = StartWatch(ids);
    EXPECT_FALSE(watch->Next());
    return FromGrpc(watch->reader->Finish()).code();
  }
  std::shared_ptr<Counter> Listen(const std::set<std::string>& topics) {
    auto counter = std::make_shared<Counter>();
    server_->lab().events().Subscribe(counter, topics);
    return counter;
  }
  std::string SubmitOne() { return Submit(TestExperiment())->experiment().id(); }
};

TEST_F(ServerChangesTest, TheFirstMessageComesAtOnceAndThenOneForAChange) {
  const std::string id = SubmitOne();
  const auto watch = StartWatch({id.substr(0, 8)});
  ASSERT_TRUE(watch->Next());
  FakeRunner runner = MakeRunner("r1");
  ASSERT_TRUE(runner.WaitForJobs(1).ok());  // A build of the experiment starts.
  EXPECT_TRUE(watch->Next());
}

TEST_F(ServerChangesTest, WithoutIdsANewExperimentIsTold) {
  const auto watch = StartWatch({});
  ASSERT_TRUE(watch->Next());
  SubmitOne();
  EXPECT_TRUE(watch->Next());
}

TEST_F(ServerChangesTest, ARunnerThatComesIsTold) {
  const auto watch = StartWatch({"runners"});
  ASSERT_TRUE(watch->Next());
  ASSERT_TRUE(MakeRunner("r1").Synchronize(0).ok());
  EXPECT_TRUE(watch->Next());
}

TEST_F(ServerChangesTest, ManyChangesAreToldAtMostFourTimesASecond) {
  const auto watch = StartWatch({"runners"});
  ASSERT_TRUE(watch->Next());
  const absl::Time start = absl::Now();
  for (int i = 0; i < 1000; ++i) server_->lab().events().Notify({kRunnersTopic});
  ASSERT_TRUE(watch->Next());
  server_->lab().events().Notify({kRunnersTopic});
  ASSERT_TRUE(watch->Next());
  EXPECT_GE(absl::Now() - start, absl::Milliseconds(400));
}

TEST_F(ServerChangesTest, UnknownIdsAreNotFound) {
  const std::string id = SubmitOne();
  EXPECT_EQ(EndOf({"ffffff"}), absl::StatusCode::kNotFound);
  EXPECT_EQ(EndOf({id, "nothing"}), absl::StatusCode::kNotFound);
  EXPECT_EQ(EndOf({id + "-99"}), absl::StatusCode::kNotFound);
  EXPECT_EQ(EndOf({""}), absl::StatusCode::kNotFound);
}

TEST_F(ServerChangesTest, ARunsWatcherHearsOfItsEndByABuildThatFails) {
  const std::string id = SubmitOne();
  const v1::Run first = Get(id).runs(0);
  const auto watch = StartWatch({first.id()});
  ASSERT_TRUE(watch->Next());
  FakeRunner runner = MakeRunner("r1");
  do {
    ASSERT_TRUE(runner.WaitForJobs(1).ok());
    ASSERT_TRUE(runner.Finish(runner.Ended(runner.job(), v1::FAIL, "build", "x")).ok());
  } while (GetRun(first.id()).state() != v1::DONE);
  EXPECT_TRUE(watch->Next());
}

TEST_F(ServerChangesTest, ARunsWatcherHearsOfItsCancellation) {
  const std::string id = SubmitOne();
  const auto run = Listen({id + "-1"});
  v1::CancelExperimentRequest request;
  request.set_id(id);
  ASSERT_TRUE(Call(&v1::Lab::Stub::CancelExperiment, request).ok());
  EXPECT_EQ(run->events, 1);
}

TEST_F(ServerChangesTest, OnlyRealChangesOfARunnerAreTold) {
  const auto runners = Listen({kRunnersTopic});
  FakeRunner runner = MakeRunner("r1");
  ASSERT_TRUE(runner.Synchronize(0).ok());
  const int come = runners->events;
  EXPECT_GE(come, 1);
  for (int i = 0; i < 5; ++i) ASSERT_TRUE(runner.Synchronize(0).ok());
  EXPECT_EQ(runners->events, come);

  SubmitOne();
  ASSERT_TRUE(runner.WaitForJobs(1).ok());
  const int busy = runners->events;
  EXPECT_GT(busy, come);
  for (int i = 0; i < 5; ++i) ASSERT_TRUE(runner.Synchronize(0).ok());
  EXPECT_EQ(runners->events, busy);

  runner.says().add_tags("extra=yes");
  ASSERT_TRUE(runner.Synchronize(0).ok());
  EXPECT_GT(runners->events, busy);
}

TEST_F(ServerChangesTest, ARunnerThatFallsSilentIsTold) {
  FakeRunner runner = MakeRunner("r1");
  ASSERT_TRUE(runner.Synchronize(0).ok());
  const auto watch = StartWatch({"runners"});
  ASSERT_TRUE(watch->Next());
  clock_.Advance(absl::Milliseconds(2 * kLeaseMs));
  EXPECT_TRUE(watch->Next());
}

TEST_F(ServerChangesTest, ABoardIsToldOnceForEachStateItIsIn) {
  const auto runners = Listen({kRunnersTopic});
  FakeRunner runner = MakeRunner("r1");
  v1::BoardReport& board = *runner.says().add_boards();
  board.mutable_machine()->set_name("desk");
  board.mutable_machine()->mutable_board()->set_resident("6.1");
  board.set_state(v1::BOARD_READY);
  ASSERT_TRUE(runner.Synchronize(0).ok());
  ASSERT_TRUE(runner.Synchronize(0).ok());
  const int before = runners->events;
  board.set_state(v1::BOARD_QUARANTINED);
  ASSERT_TRUE(runner.Synchronize(0).ok());
  EXPECT_EQ(runners->events, before + 1);
  ASSERT_TRUE(runner.Synchronize(0).ok());
  EXPECT_EQ(runners->events, before + 1);
}

TEST_F(ServerChangesTest, ALogThatGrowsIsNoChange) {
  SubmitOne();
  FakeRunner runner = MakeRunner("r1");
  ASSERT_TRUE(runner.WaitForJobs(1).ok());
  const auto all = Listen({kEverythingTopic});
  ASSERT_TRUE(runner.AppendLog(runner.job().id(), 0, "x").ok());
  EXPECT_EQ(all->events, 0);
  ASSERT_TRUE(runner.Finish(runner.Passed(runner.job())).ok());
  EXPECT_GE(all->events, 1);
}

TEST_F(ServerChangesTest, AShutdownEndsWatchersAtOnceWithUnavailable) {
  const std::string id = SubmitOne();
  const auto changes = StartWatch({});
  ASSERT_TRUE(changes->Next());
  v1::GetExperimentRequest request;
  request.set_id(id);
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(30));
  const auto experiment = lab_->WatchExperiment(&context, request);
  v1::GetExperimentResponse state;
  ASSERT_TRUE(experiment->Read(&state));
  const absl::Time start = absl::Now();
  server_->Shutdown();
  EXPECT_LT(absl::Now() - start, absl::Milliseconds(1900));  // The drain takes two seconds.
  EXPECT_FALSE(changes->Next());
  EXPECT_EQ(changes->reader->Finish().error_code(), grpc::StatusCode::UNAVAILABLE);
  while (experiment->Read(&state)) {
  }
  EXPECT_EQ(experiment->Finish().error_code(), grpc::StatusCode::UNAVAILABLE);
}

}  // namespace
}  // namespace roxlab
