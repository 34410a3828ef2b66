// SPDX-License-Identifier: Apache-2.0
//
// Boards as the server sees them: what runners announce, who gets a board's runs.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/server_fixture.h"

namespace roxlab {
namespace {

using ::testing::HasSubstr;

class ServerBoardsTest : public ServerTest {
 protected:
  static void Announce(FakeRunner& runner, const std::string& board,
                       v1::BoardState state = v1::BOARD_READY, const std::string& reason = "") {
    runner.says().clear_boards();
    v1::BoardReport& report = *runner.says().add_boards();
    report.mutable_machine()->set_name(board);
    report.mutable_machine()->mutable_board()->set_resident("6.1.0-40-arm64");
    report.set_state(state);
    report.set_reason(reason);
    ASSERT_TRUE(runner.Synchronize(0).ok());
  }

  v1::BoardRecord Board(const std::string& name) {
    const auto boards = Call(&v1::Lab::Stub::ListBoards, v1::ListBoardsRequest());
    EXPECT_TRUE(boards.ok()) << boards.status();
    for (const v1::BoardRecord& board : boards->boards())
      if (board.machine().name() == name) return board;
    ADD_FAILURE() << "no board " << name;
    return {};
  }

  static v1::ExperimentSpec OnBoard(const std::string& board) {
    v1::ExperimentSpec spec = TestExperiment();
    spec.clear_machines();
    spec.add_machines(board);
    return spec;
  }

  // Hands in what the runner has to build, while the board is not ready: it has no run meanwhile.
  static void BuildAll(FakeRunner& runner) {
    for (int builds = 0; builds < 2; ++builds) {
      ASSERT_TRUE(runner.WaitForJobs(1).ok());
      ASSERT_TRUE(runner.job().has_build());
      ASSERT_TRUE(runner.Finish(runner.Passed(runner.job())).ok());
    }
  }
};

TEST_F(ServerBoardsTest, AnAnnouncedBoardIsAMachineThatExperimentsCanName) {
  EXPECT_THAT(Submit(OnBoard("desk")).status().message(), HasSubstr("unknown machine 'desk'"));
  FakeRunner runner = MakeRunner("r1");
  Announce(runner, "desk");
  const v1::BoardRecord board = Board("desk");
  EXPECT_EQ(board.runner(), "r1");
  EXPECT_TRUE(board.online());
  EXPECT_EQ(board.state(), v1::BOARD_READY);
  EXPECT_EQ(board.machine().board().resident(), "6.1.0-40-arm64");
  EXPECT_TRUE(Submit(OnBoard("desk")).ok());
}

TEST_F(ServerBoardsTest, ABoardHasOneRunAtATimeHoweverManySlotsItsRunnerHas) {
  FakeRunner runner = MakeRunner("r1");
  runner.says().set_build_slots(1);
  runner.says().set_run_slots(8);
  Announce(runner, "desk", v1::BOARD_RECOVERING);
  ASSERT_TRUE(Submit(OnBoard("desk")).ok());
  BuildAll(runner);
  Announce(runner, "desk");
  for (int runs = 0; runs < 4; ++runs) {
    ASSERT_TRUE(runner.WaitForJobs(1).ok());
    ASSERT_TRUE(runner.Synchronize(0).ok());
    ASSERT_EQ(runner.jobs().size(), 1u);
    ASSERT_EQ(runner.job().run().machine().name(), "desk");
    EXPECT_EQ(Board("desk").run(), runner.job().run().run());
    ASSERT_TRUE(runner.Finish(runner.Passed(runner.job(), 4000)).ok());
  }
}

TEST_F(ServerBoardsTest, ABoardThatIsNotReadyGetsNothingUntilItIs) {
  FakeRunner runner = MakeRunner("r1");
  runner.says().set_build_slots(1);
  runner.says().set_run_slots(8);
  Announce(runner, "desk", v1::BOARD_QUARANTINED, "did not come back");
  EXPECT_EQ(Board("desk").reason(), "did not come back");
  ASSERT_TRUE(Submit(OnBoard("desk")).ok());
  BuildAll(runner);
  ASSERT_TRUE(runner.Synchronize(0).ok());
  ASSERT_TRUE(runner.Synchronize(0).ok());
  EXPECT_TRUE(runner.jobs().empty());
  Announce(runner, "desk");
  EXPECT_TRUE(runner.WaitForJobs(1).ok());
}

TEST_F(ServerBoardsTest, ABoardStaysWithTheRunnerThatHasItWhileThatIsThere) {
  FakeRunner first = MakeRunner("r1"), second = MakeRunner("r2");
  Announce(first, "desk");
  Announce(second, "desk", v1::BOARD_QUARANTINED, "mine");
  EXPECT_EQ(Board("desk").runner(), "r1");
  EXPECT_EQ(Board("desk").state(), v1::BOARD_READY);
  // A lease's time of silence makes it free for others.
  clock_.Advance(absl::Milliseconds(kLeaseMs + 1));
  Announce(second, "desk");
  EXPECT_EQ(Board("desk").runner(), "r2");
}

TEST_F(ServerBoardsTest, ABoardThatIsAnnouncedNoMoreIsKeptAndSaysSo) {
  FakeRunner runner = MakeRunner("r1");
  Announce(runner, "desk");
  runner.says().clear_boards();
  ASSERT_TRUE(runner.Synchronize(0).ok());
  EXPECT_THAT(Board("desk").reason(), HasSubstr("has it no more"));
  EXPECT_EQ(Board("desk").state(), v1::BOARD_STATE_UNSPECIFIED);
}

TEST_F(ServerBoardsTest, WhatIsNoBoardIsRefused) {
  FakeRunner runner = MakeRunner("r1");
  v1::BoardReport& report = *runner.says().add_boards();
  report.mutable_machine()->set_name("../desk");
  report.mutable_machine()->mutable_board();
  EXPECT_THAT(runner.Synchronize(0).status().message(), HasSubstr("no valid name"));
  report.mutable_machine()->set_name("desk");
  report.mutable_machine()->mutable_qemu();
  EXPECT_THAT(runner.Synchronize(0).status().message(), HasSubstr("no board"));
}

}  // namespace
}  // namespace roxlab
