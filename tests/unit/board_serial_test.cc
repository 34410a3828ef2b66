// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include <functional>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "board/console_prompt.h"
#include "board/console_tail.h"
#include "board/serial_console.h"
#include "tests/support/tcp_listener.h"

namespace roxlab {
namespace {

using ::testing::HasSubstr;

absl::Time Soon() { return absl::Now() + absl::Seconds(30); }

auto OpenTcp(uint32_t port) {
  v1::BoardSerial serial;
  serial.mutable_tcp()->set_host("127.0.0.1");
  serial.mutable_tcp()->set_port(port);
  return SerialConsole::Open(serial, Soon(), StopToken());
}

// What comes until it ends in `end`.
std::string ReadTo(SerialConsole& console, absl::string_view end) {
  std::string heard;
  while (!absl::EndsWith(heard, end)) {
    const auto bytes = console.ReadUntil(Soon(), StopToken());
    if (!bytes.ok()) {
      ADD_FAILURE() << bytes.status() << " after " << heard;
      break;
    }
    absl::StrAppend(&heard, *bytes);
  }
  return heard;
}

std::string ReadFrom(int fd, size_t bytes) {
  std::string heard(bytes, '\0');
  for (size_t done = 0; done < bytes;) {
    const ssize_t n = read(fd, heard.data() + done, bytes - done);
    if (n <= 0) return "closed";
    done += static_cast<size_t>(n);
  }
  return heard;
}

TEST(SerialConsole, OverTcpBytesGoBothWaysAndTheEndIsTold) {
  const TcpListener listener;
  auto console = OpenTcp(listener.port());
  ASSERT_TRUE(console.ok()) << console.status();
  UniqueFd board = listener.Accept();
  EXPECT_EQ(*console->Read(), "");
  ASSERT_TRUE(WriteAll(board.get(), std::string("U-Boot\r\n\0\xff", 10)).ok());
  EXPECT_EQ(ReadTo(*console, "\xff"), std::string("U-Boot\r\n\0\xff", 10));
  ASSERT_TRUE(console->Write("2\r", Soon(), StopToken()).ok());
  EXPECT_EQ(ReadFrom(board.get(), 2), "2\r");

  board = UniqueFd();
  const auto ended = console->ReadUntil(Soon(), StopToken());
  EXPECT_TRUE(absl::IsUnavailable(ended.status())) << ended.status();
}

TEST(SerialConsole, WithNobodyAtThePortItSaysWhichPort) {
  uint32_t port = TcpListener().port();  // Closed again.
  const absl::Status status = OpenTcp(port).status();
  EXPECT_TRUE(absl::IsUnavailable(status));
  EXPECT_THAT(status.message(), HasSubstr(absl::StrCat("127.0.0.1:", port)));
}

TEST(SerialConsole, WaitingEndsAtTheDeadlineAndWhenStopped) {
  const TcpListener listener;
  auto console = OpenTcp(listener.port());
  ASSERT_TRUE(console.ok()) << console.status();
  EXPECT_TRUE(absl::IsDeadlineExceeded(
      console->ReadUntil(absl::Now() + absl::Milliseconds(20), StopToken()).status()));
  StopToken stop;
  stop.Stop();
  EXPECT_TRUE(absl::IsCancelled(console->ReadUntil(Soon(), stop).status()));
}

TEST(SerialConsole, ATtyIsRawAndOnlyOurs) {
  const UniqueFd board(posix_openpt(O_RDWR | O_NOCTTY));
  ASSERT_TRUE(board.valid() && grantpt(board.get()) == 0 && unlockpt(board.get()) == 0);
  char path[64];
  ASSERT_EQ(ptsname_r(board.get(), path, sizeof path), 0);
  v1::BoardSerial serial;
  serial.mutable_tty()->set_path(path);
  serial.mutable_tty()->set_baud(115200);
  auto console = SerialConsole::Open(serial, Soon(), StopToken());
  ASSERT_TRUE(console.ok()) << console.status();
  // What a terminal that is not raw would change, swallow or send back.
  const std::string hard = "a\r\n\x03\x04\x11\x13\x7f z";
  ASSERT_TRUE(WriteAll(board.get(), hard).ok());
  EXPECT_EQ(ReadTo(*console, "z"), hard);
  ASSERT_TRUE(console->Write(hard, Soon(), StopToken()).ok());
  EXPECT_EQ(ReadFrom(board.get(), hard.size()), hard);

  serial.mutable_tty()->set_baud(12345);
  EXPECT_THAT(SerialConsole::Open(serial, Soon(), StopToken()).status().message(),
              HasSubstr("no such speed: 12345"));
  serial.mutable_tty()->set_path("/dev/ttyNONE0");
  EXPECT_THAT(SerialConsole::Open(serial, Soon(), StopToken()).status().message(),
              HasSubstr("/dev/ttyNONE0"));
}

TEST(SerialConsole, ACommandsInputAndOutputAreTheConsoleAndItEndsWithIt) {
  v1::BoardSerial serial;
  for (const char* word : {"sh", "-c", "echo \"pid $$\"; exec cat"})
    serial.mutable_command()->add_argv(word);
  pid_t pid = 0;
  {
    auto console = SerialConsole::Open(serial, Soon(), StopToken());
    ASSERT_TRUE(console.ok()) << console.status();
    pid = std::stoi(ReadTo(*console, "\n").substr(4));
    ASSERT_TRUE(console->Write("help\n", Soon(), StopToken()).ok());
    EXPECT_EQ(ReadTo(*console, "\n"), "help\n");
    EXPECT_EQ(kill(pid, 0), 0);
  }
  EXPECT_EQ(kill(pid, 0), -1);
}

TEST(SerialConsole, ACommandThatEndsIsToldAndWritingToItDoesNotKillUs) {
  v1::BoardSerial serial;
  serial.mutable_command()->add_argv("true");
  auto console = SerialConsole::Open(serial, Soon(), StopToken());
  ASSERT_TRUE(console.ok()) << console.status();
  EXPECT_TRUE(absl::IsUnavailable(console->ReadUntil(Soon(), StopToken()).status()));
  EXPECT_TRUE(absl::IsUnavailable(console->Write("x", Soon(), StopToken())));
  serial.mutable_command()->set_argv(0, "no-such-program");
  EXPECT_TRUE(absl::IsNotFound(SerialConsole::Open(serial, Soon(), StopToken()).status()));
}

// Waits for what comes from a thread.
void Await(const std::function<bool()>& so) {
  const absl::Time limit = Soon();
  while (!so() && absl::Now() < limit) absl::SleepFor(absl::Milliseconds(5));
  EXPECT_TRUE(so());
}

TEST(ConsoleTail, KeepsTheEndOfWhatWasSaidAndComesBackToAConsoleThatWent) {
  const TcpListener listener;
  v1::BoardSerial serial;
  serial.mutable_tcp()->set_host("127.0.0.1");
  serial.mutable_tcp()->set_port(listener.port());
  const ConsoleTail tail(serial);
  {
    const UniqueFd board = listener.Accept();
    ASSERT_TRUE(WriteAll(board.get(), std::string(200'000, '.') + "Kernel panic\n").ok());
    Await([&] { return absl::EndsWith(tail.Text(), ".Kernel panic\n"); });
    EXPECT_EQ(tail.Text().size(), 65536u);
  }
  const UniqueFd board = listener.Accept();
  ASSERT_TRUE(WriteAll(board.get(), "Rebooting").ok());
  Await([&] { return absl::EndsWith(tail.Text(), "Kernel panic\nRebooting"); });
}

TEST(ConsoleTail, OfABoardWithoutAConsoleIsEmpty) {
  EXPECT_EQ(ConsoleTail(v1::BoardSerial()).Text(), "");
}

TEST(ConsolePrompt, IsSeenOnceHoweverItIsCut) {
  for (size_t cut = 0; cut <= 22; ++cut) {
    const absl::string_view text = "Enter choEnter choice: ";
    ConsolePrompt prompt("Enter choice:");
    const bool first = prompt.Feed(text.substr(0, cut)), second = prompt.Feed(text.substr(cut));
    EXPECT_TRUE(first != second) << cut;
    EXPECT_FALSE(prompt.Feed(text));
  }
  ConsolePrompt never("Enter choice:");
  EXPECT_FALSE(never.Feed("Enter choicE:"));
}

}  // namespace
}  // namespace roxlab
