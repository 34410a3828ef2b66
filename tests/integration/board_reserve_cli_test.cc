// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <signal.h>

#include <future>

#include "absl/strings/match.h"
#include "absl/time/clock.h"
#include "board/board_lock.h"
#include "tests/support/board_cli.h"

namespace roxlab {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

class BoardReserve : public BoardCliTest {
 protected:
  BoardReserve() { Write("pi.yaml", kPi); }
  bool Free() const { return absl::IsNotFound(BoardLock::Owner(boards(), "pi").status()); }
  // Until `done`; fails the test when that takes long.
  void Await(const std::function<bool()>& done) const {
    const absl::Time end = Soon();
    while (!done() && absl::Now() < end) absl::SleepFor(absl::Milliseconds(5));
    ASSERT_TRUE(done());
  }
  pid_t AwaitOwner() const {
    Await([&] { return !Free(); });
    return static_cast<pid_t>(BoardLock::Owner(boards(), "pi")->pid);
  }
  std::future<CliResult> InBackground(std::vector<std::string> words) const {
    return std::async(std::launch::async, [this, words] { return Board(words); });
  }
};

TEST_F(BoardReserve, WhoComesSecondIsToldWhoHasTheBoardAndGetsAStatusOfItsOwn) {
  const auto lock = BoardLock::TryLock(boards(), "pi", "run 7c1e");
  for (const char* command : {"reserve", "check"}) {
    const CliResult said = Board({command, "pi"});
    EXPECT_EQ(said.status, 7) << command;
    EXPECT_THAT(said.output, HasSubstr("board 'pi' is taken: run 7c1e (process "));
  }
}

TEST_F(BoardReserve, TheCommandRunsWithTheBoardAndGivesItsStatus) {
  const CliResult said = Board({"reserve", "pi", "--reason", "new relay", "--", "sh", "-c",
                                ROXLAB_BIN_DIR "/roxlab board list; exit 9", "--wait"});
  EXPECT_EQ(said.status, 9);
  EXPECT_THAT(said.output, AllOf(HasSubstr("reserved by "), HasSubstr(": new relay (process ")));
  EXPECT_TRUE(Free());
}

TEST_F(BoardReserve, ACommandThatASignalEndsOrThatIsNotThereIsToldAsAShellDoes) {
  EXPECT_EQ(Board({"reserve", "pi", "--", "sh", "-c", "kill -9 $$"}).status, 137);
  const CliResult missing = Board({"reserve", "pi", "--", "no-such-program"});
  EXPECT_EQ(missing.status, 2);
  EXPECT_THAT(missing.output, HasSubstr("cannot run no-such-program"));
}

TEST_F(BoardReserve, AfterItsTimeTheCommandIsEnded) {
  const CliResult said = Board({"reserve", "pi", "--for", "100ms", "--", "sleep", "1000"});
  EXPECT_EQ(said.status, 143);
  EXPECT_EQ(Board({"reserve", "pi", "--for", "100ms"}).status, 0);
}

TEST_F(BoardReserve, WithoutACommandItIsHeldUntilCtrlC) {
  auto reserved = InBackground({"reserve", "pi"});
  kill(AwaitOwner(), SIGINT);
  const CliResult said = reserved.get();
  EXPECT_EQ(said.status, 0) << said.output;
  EXPECT_THAT(said.output, HasSubstr("board 'pi' is reserved; Ctrl-C gives it back"));
  EXPECT_TRUE(Free());
}

TEST_F(BoardReserve, CtrlCIsTheCommandsBusiness) {
  const std::string ready = (dir_.path() / "ready").string();
  auto reserved =
      InBackground({"reserve", "pi", "--", "sh", "-c",
                    "trap 'exit 3' INT; touch \"$0\"; while :; do sleep 0.01; done", ready});
  const pid_t holder = AwaitOwner();
  Await([&] { return std::filesystem::exists(ready); });
  kill(-holder, SIGINT);  // As a terminal does, to all of the group.
  EXPECT_EQ(reserved.get().status, 3);
}

TEST_F(BoardReserve, WhenItIsKilledTheBoardIsFreeAndTheCommandIsTold) {
  const std::string ready = (dir_.path() / "ready").string();
  const std::string told = (dir_.path() / "told").string();
  Command command;
  // In a session of its own, which the end of the test's own process group does not reach.
  command.argv = {"setsid",
                  "--wait",
                  ROXLAB_BIN_DIR "/roxlab",
                  "board",
                  "reserve",
                  "pi",
                  "--",
                  "sh",
                  "-c",
                  "trap 'touch \"$1\"; exit' TERM; touch \"$0\"; while :; do sleep 0.01; done",
                  ready,
                  told};
  command.environment = {{"ROXLAB_BOARDS", boards().string()}};
  auto reserved = std::async(std::launch::async, [&] { return RunProcess(command); });
  const pid_t holder = AwaitOwner();
  Await([&] { return std::filesystem::exists(ready); });
  kill(holder, SIGKILL);
  EXPECT_TRUE(reserved.get().ok());
  Await([&] { return std::filesystem::exists(told); });
  EXPECT_TRUE(Free());
  EXPECT_THAT(Board({"reserve", "pi", "--", "true"}).output,
              HasSubstr("whoever had it last was killed"));
}

TEST_F(BoardReserve, WhoWaitsSaysForWhomAndGetsIt) {
  auto lock = BoardLock::TryLock(boards(), "pi", "run 7c1e");
  BackgroundProgram waiter(
      {ROXLAB_BIN_DIR "/roxlab", "board", "reserve", "pi", "--wait", "--", "echo", "mine"},
      {{"ROXLAB_BOARDS", boards().string()}});
  Await([&] { return absl::StrContains(waiter.output(), "taken: run 7c1e"); });
  EXPECT_TRUE(waiter.running());
  lock = absl::CancelledError("given back");
  Await([&] { return !waiter.running(); });
  EXPECT_THAT(waiter.output(), HasSubstr("mine\n"));
}

TEST_F(BoardReserve, ATimeThatIsNoneIsRefused) {
  for (const char* time : {"soon", "-5s", "0", "5"}) {
    const CliResult said = Board({"reserve", "pi", absl::StrCat("--for=", time)});
    EXPECT_EQ(said.status, 2) << time;
    EXPECT_THAT(said.output, HasSubstr("expected a time as 90s, 30m or 2h30m"));
  }
  EXPECT_EQ(Board({"reserve", "pi", "--for", "1s", "--until-released"}).status, 2);
  EXPECT_TRUE(Free());
}

TEST_F(BoardReserve, ABoardWhoseFileIsWrongCanBeReservedWhileItIsMended) {
  Write("bad.yaml", "name: bad\n");
  EXPECT_EQ(Board({"reserve", "bad", "--", "true"}).status, 0);
}

}  // namespace
}  // namespace roxlab
