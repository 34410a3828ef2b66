// SPDX-License-Identifier: Apache-2.0
#include "common/process.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <thread>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"

namespace roxlab {
namespace {

using ::testing::HasSubstr;

TEST(Process, OutputAndExitStatusComeBack) {
  absl::StatusOr<ProcessResult> result =
      RunProcess({.argv = {"sh", "-c", "echo out; echo err >&2; exit 3"}});
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_EQ(result->exit_code, 3);
  EXPECT_EQ(result->output, "out\nerr\n");
  EXPECT_EQ(result->Describe(), "exit status 3");
}

TEST(Process, ArgumentsAreNotReadByAShell) {
  EXPECT_EQ(*RunAndRead({.argv = {"printf", "%s", "$HOME; `id` 'x'"}}), "$HOME; `id` 'x'");
}

TEST(Process, InputLargerThanAPipeArrivesWhole) {
  std::string input(1 << 20, 'x');
  EXPECT_EQ(*RunAndRead({.argv = {"wc", "-c"}, .input = input}), absl::StrCat(input.size(), "\n"));
}

TEST(Process, AMissingProgramIsNotFound) {
  absl::Status status = RunProcess({.argv = {"no-such-program-here"}}).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kNotFound);
  EXPECT_THAT(std::string(status.message()), HasSubstr("no-such-program-here"));
}

TEST(Process, TheTimeoutEndsTheWholeGroup) {
  absl::StatusOr<ProcessResult> result = RunProcess(
      {.argv = {"sh", "-c", "sleep 600 & echo $!; wait"}, .timeout = absl::Milliseconds(300)});
  ASSERT_TRUE(result.ok());
  EXPECT_TRUE(result->timed_out);
  int grandchild = 0;
  ASSERT_TRUE(absl::SimpleAtoi(result->output, &grandchild));
  // The grandchild is reaped by init in its own time.
  absl::Time limit = absl::Now() + absl::Seconds(10);
  auto gone = [&] {
    absl::StatusOr<std::string> stat = ReadFile(absl::StrCat("/proc/", grandchild, "/stat"));
    return !stat.ok() || stat->find(") Z ") != std::string::npos;
  };
  while (!gone() && absl::Now() < limit) std::this_thread::yield();
  EXPECT_TRUE(gone());
}

TEST(Process, AStopEndsItAtOnce) {
  StopToken stop;
  std::thread stopper([&] { stop.Stop(); });
  absl::StatusOr<ProcessResult> result = RunProcess({.argv = {"sleep", "600"}}, stop);
  stopper.join();
  ASSERT_TRUE(result.ok());
  EXPECT_TRUE(result->stopped);
}

TEST(Process, AGrandchildThatKeepsThePipeOpenDoesNotHoldTheResult) {
  absl::StatusOr<ProcessResult> result =
      RunProcess({.argv = {"sh", "-c", "sleep 600 & echo done"}, .timeout = absl::Seconds(60)});
  ASSERT_TRUE(result.ok());
  EXPECT_FALSE(result->timed_out);
  EXPECT_EQ(result->output, "done\n");
}

TEST(Process, QuotedWordsAreReadBackByAShellAsTheyWere) {
  std::vector<std::string> words = {"printf", "%s\\n", "a b", "it's", "$x", "", "-append=k v"};
  EXPECT_EQ(*RunAndRead({.argv = {"sh", "-c", ShellQuote(words)}}),
            "a b\nit's\n$x\n\n-append=k v\n");
}

TEST(Process, AMissingToolNamesItsPackage) {
  EXPECT_THAT(std::string(RequireProgram("qemu-system-none", "qemu-none").message()),
              HasSubstr("install the Debian package 'qemu-none'"));
}

}  // namespace
}  // namespace roxlab
