// SPDX-License-Identifier: Apache-2.0
#include "board/board_lock.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/files.h"

namespace roxlab {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

class BoardLockTest : public ::testing::Test {
 protected:
  absl::StatusOr<BoardLock> Take(absl::string_view purpose) {
    return BoardLock::TryLock(dir_.path(), "pi", purpose);
  }
  TempDir dir_ = *TempDir::Make(::testing::TempDir(), "lock-");
};

TEST_F(BoardLockTest, TheSecondIsToldWhoHasIt) {
  const auto first = Take("run 7c1e\nof no interest");
  ASSERT_TRUE(first.ok()) << first.status();
  const absl::Status second = Take("run 8").status();
  EXPECT_TRUE(absl::IsUnavailable(second));
  EXPECT_THAT(second.message(), AllOf(HasSubstr("board 'pi' is taken: run 7c1e (process"),
                                      HasSubstr(absl::StrCat(getpid()))));
  const auto owner = BoardLock::Owner(dir_.path(), "pi");
  ASSERT_TRUE(owner.ok()) << owner.status();
  EXPECT_EQ(owner->purpose, "run 7c1e");
  EXPECT_EQ(owner->pid, getpid());
  EXPECT_LT(absl::Now() - owner->since, absl::Minutes(1));
  EXPECT_TRUE(BoardLock::TryLock(dir_.path(), "other", "x").ok());
}

TEST_F(BoardLockTest, WhatIsGivenBackIsFreeAndNothingIsLeftBehind) {
  Take("first").value();
  EXPECT_TRUE(absl::IsNotFound(BoardLock::Owner(dir_.path(), "pi").status()));
  const auto second = Take("second");
  ASSERT_TRUE(second.ok()) << second.status();
  EXPECT_FALSE(second->left_behind().has_value());
}

TEST_F(BoardLockTest, AProcessThatIsKilledLosesTheBoardAndTheNextOneKnows) {
  int ready[2];
  ASSERT_EQ(pipe(ready), 0);
  const pid_t child = fork();
  if (child == 0) {
    const auto lock = Take("run that is killed");
    [[maybe_unused]] const ssize_t n = write(ready[1], lock.ok() ? "y" : "n", 1);
    while (true) pause();
  }
  char answer = 0;
  ASSERT_EQ(read(ready[0], &answer, 1), 1);
  ASSERT_EQ(answer, 'y');
  EXPECT_TRUE(absl::IsUnavailable(Take("mine").status()));
  kill(child, SIGKILL);
  waitpid(child, nullptr, 0);
  EXPECT_TRUE(absl::IsNotFound(BoardLock::Owner(dir_.path(), "pi").status()));
  const auto lock = Take("mine");
  ASSERT_TRUE(lock.ok()) << lock.status();
  ASSERT_TRUE(lock->left_behind().has_value());
  EXPECT_EQ(lock->left_behind()->purpose, "run that is killed");
  EXPECT_EQ(lock->left_behind()->pid, child);
}

TEST_F(BoardLockTest, WhoWaitsGetsTheBoardWhenItIsGivenBack) {
  std::optional<BoardLock> first = Take("first").value();
  std::thread waiter([&] {
    const auto second = BoardLock::Wait(dir_.path(), "pi", "second", StopToken());
    ASSERT_TRUE(second.ok()) << second.status();
    EXPECT_EQ(BoardLock::Owner(dir_.path(), "pi")->purpose, "second");
  });
  EXPECT_EQ(BoardLock::Owner(dir_.path(), "pi")->purpose, "first");
  first.reset();
  waiter.join();
}

StopToken* waiting_stop = nullptr;

TEST_F(BoardLockTest, ASignalThatStopsEndsTheWait) {
  const auto first = Take("first");
  StopToken stop;
  waiting_stop = &stop;
  struct sigaction action = {};
  action.sa_handler = [](int) { waiting_stop->Stop(); };
  sigaction(SIGALRM, &action, nullptr);
  // Again and again: the first may come before the wait.
  const itimerval often = {{0, 10000}, {0, 10000}};
  setitimer(ITIMER_REAL, &often, nullptr);
  EXPECT_TRUE(absl::IsCancelled(BoardLock::Wait(dir_.path(), "pi", "second", stop).status()));
  const itimerval off = {};
  setitimer(ITIMER_REAL, &off, nullptr);
}

TEST_F(BoardLockTest, AskingWhoHasABoardLeavesNothingBehind) {
  EXPECT_TRUE(absl::IsNotFound(BoardLock::Owner(dir_.path(), "pi").status()));
  EXPECT_TRUE(std::filesystem::is_empty(dir_.path()));
}

TEST_F(BoardLockTest, ANameThatIsAPathLocksNothing) {
  EXPECT_TRUE(absl::IsInvalidArgument(BoardLock::TryLock(dir_.path(), "../x", "x").status()));
}

}  // namespace
}  // namespace roxlab
