// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "board/ssh_session.h"
#include "tests/support/ssh_server.h"
#include "tests/support/tcp_listener.h"

namespace roxlab {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

class BoardSsh : public ::testing::Test {
 protected:
  absl::Status ConnectStatus(const SshTarget& target) {
    return SshSession::Connect(target, Soon(), StopToken()).status();
  }
  std::string Fetched() {
    const auto key = FetchHostKey("127.0.0.1", server_.port(), Soon(), StopToken());
    EXPECT_TRUE(key.ok()) << key.status();
    return key.ok() ? key->Line() : "";
  }

  SshServer server_;
};

TEST_F(BoardSsh, AHostKeyThatNobodyTrustedIsRefusedWithTheRemedy) {
  v1::Board board;
  board.set_name("local");
  const absl::Status status = TargetOf(board, server_.home()).status();
  EXPECT_TRUE(absl::IsFailedPrecondition(status)) << status;
  EXPECT_THAT(status.message(), HasSubstr("`roxlab board trust local`"));
}

TEST_F(BoardSsh, TheKeyThatIsFetchedAndStoredIsTheOneThatLetsUsIn) {
  v1::Board board;
  board.set_name("local");
  board.set_host("127.0.0.1");
  board.set_port(server_.port());
  board.set_user(server_.target().user);
  board.set_key(server_.target().key.string());
  const HostKey key = *ParseHostKey(Fetched());
  ASSERT_TRUE(StoreHostKey(HostKeyPath(server_.home(), "local"), key).ok());
  const auto target = TargetOf(board, server_.home());
  ASSERT_TRUE(target.ok()) << target.status();
  EXPECT_TRUE(ConnectStatus(*target).ok());

  Command command;
  command.argv = {"ssh-keygen", "-l", "-f", (server_.home() / "host.pub").string()};
  EXPECT_THAT(*RunAndRead(command), HasSubstr(" " + *Fingerprint(key) + " "));
}

TEST_F(BoardSsh, AnotherHostKeyThanTheKnownIsRefusedBeforeAnyLogIn) {
  const SshTarget before = server_.target();
  server_.ChangeHostKey();
  SshTarget target = server_.target();
  target.host_key = before.host_key;
  target.key = "/nonexistent";  // Nobody gets as far as reading it.
  const absl::Status status = ConnectStatus(target);
  EXPECT_TRUE(absl::IsFailedPrecondition(status)) << status;
  EXPECT_THAT(status.message(), AllOf(HasSubstr(*Fingerprint(before.host_key)),
                                      HasSubstr(*Fingerprint(server_.target().host_key)),
                                      HasSubstr("`roxlab board trust local --replace`")));
}

TEST_F(BoardSsh, AKnownKeyOfAnotherTypeIsADifferentKeyToo) {
  SshTarget target = server_.target();
  Command command;
  const fs::path rsa = server_.home() / "rsa";
  command.argv = {"ssh-keygen", "-q", "-t", "rsa", "-b", "2048", "-N", "", "-f", rsa.string()};
  ASSERT_TRUE(RunAndRead(command).ok());
  target.host_key = *ParseHostKey(*ReadFile(rsa.string() + ".pub"));
  EXPECT_TRUE(absl::IsFailedPrecondition(ConnectStatus(target)));
}

TEST_F(BoardSsh, ALogInWithAKeyThatIsNotAuthorisedIsRefused) {
  ASSERT_TRUE(WriteFileAtomically(server_.home() / "authorized_keys", "").ok());
  const absl::Status status = ConnectStatus(server_.target());
  EXPECT_TRUE(absl::IsPermissionDenied(status)) << status;
  EXPECT_THAT(status.message(), HasSubstr("authorized_keys"));
}

TEST_F(BoardSsh, AKeyFileThatIsMissingIsNamed) {
  SshTarget target = server_.target();
  target.key = "/nonexistent/key";
  const absl::Status status = ConnectStatus(target);
  EXPECT_TRUE(absl::IsPermissionDenied(status)) << status;
  EXPECT_THAT(status.message(), HasSubstr("/nonexistent/key"));
}

TEST_F(BoardSsh, NobodyThereIsUnavailable) {
  SshTarget target = server_.target();
  target.port = 1;
  EXPECT_TRUE(absl::IsUnavailable(ConnectStatus(target)));
}

TEST_F(BoardSsh, AHostThatTakesTheConnectionAndSaysNothingCostsTheDeadlineAndNoMore) {
  const TcpListener listener;  // Its queue takes the connection; nobody accepts it.
  SshTarget target = server_.target();
  target.port = listener.port();
  const absl::Time start = absl::Now();
  const auto session = SshSession::Connect(target, start + absl::Milliseconds(300), StopToken());
  EXPECT_TRUE(absl::IsDeadlineExceeded(session.status())) << session.status();
  EXPECT_LT(absl::Now() - start, absl::Seconds(5));
}

TEST_F(BoardSsh, StatusOutputAndErrorsOfACommandComeApart) {
  const auto result = server_.Connect()->Run({"sh", "-c", "cat; echo wrong >&2; exit 7"},
                                             "from here", Soon(), StopToken());
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_EQ(result->exit_status, 7);
  EXPECT_EQ(result->output, "from here");
  EXPECT_EQ(result->errors, "wrong\n");
  EXPECT_EQ(result->Describe(), "exit status 7: wrong");
}

TEST_F(BoardSsh, EveryWordArrivesAsItIs) {
  const std::vector<std::string> words = {
      "a b", "it's", "\"", "$(touch /tmp/no)", "`id`", "", "\n\t", "; ls *", "\\n", "~",
      "-n",  "a=b",  "!!", "\xc3\xa9\xff",     "#"};
  std::vector<std::string> argv = {"printf", "%s\\0"};
  argv.insert(argv.end(), words.begin(), words.end());
  const auto result = server_.Connect()->Run(argv, "", Soon(), StopToken());
  ASSERT_TRUE(result.ok()) << result.status();
  std::string expected;
  for (const std::string& word : words) expected.append(word).push_back('\0');
  EXPECT_EQ(result->output, expected);
}

TEST_F(BoardSsh, AProgramIsAProgramEvenWhereAShellWouldSeeAKeyword) {
  auto session = server_.Connect();
  for (const char* word : {"if", "A=b"}) {
    const auto result = session->Run({word, "true"}, "", Soon(), StopToken());
    ASSERT_TRUE(result.ok()) << result.status();
    EXPECT_EQ(result->exit_status, 127) << word << result->errors;
  }
  EXPECT_TRUE(absl::IsInvalidArgument(
      session->Run({"echo", std::string("a\0b", 3)}, "", Soon(), StopToken()).status()));
  EXPECT_TRUE(absl::IsInvalidArgument(
      session->Run({"echo", std::string(200'000, 'a')}, "", Soon(), StopToken()).status()));
}

TEST_F(BoardSsh, ASignalThatEndsACommandIsTold) {
  const auto result =
      server_.Connect()->Run({"sh", "-c", "kill -KILL $$"}, "", Soon(), StopToken());
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_EQ(result->signal, "KILL");
  EXPECT_FALSE(result->ok());
}

TEST_F(BoardSsh, WhatACommandSaysIsBounded) {
  const auto result = server_.Connect()->Run(
      {"sh", "-c", "head -c 20000000 /dev/zero; head -c 20000000 /dev/zero >&2"}, "", Soon(),
      StopToken());
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_EQ(result->exit_status, 0);
  EXPECT_EQ(result->output.size(), size_t{1} << 20);
  EXPECT_EQ(result->errors.size(), size_t{64} << 10);
  EXPECT_TRUE(result->truncated);
}

TEST_F(BoardSsh, InputThatNobodyReadsDoesNotHoldTheCommandUp) {
  const auto result =
      server_.Connect()->Run({"true"}, std::string(8 << 20, 'x'), Soon(), StopToken());
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_EQ(result->exit_status, 0);
}

TEST_F(BoardSsh, ACommandEndsAtItsDeadline) {
  auto session = server_.Connect();
  const absl::Time start = absl::Now();
  const auto result =
      session->Run({"sleep", "100"}, "", start + absl::Milliseconds(300), StopToken());
  EXPECT_TRUE(absl::IsDeadlineExceeded(result.status())) << result.status();
  EXPECT_LT(absl::Now() - start, absl::Seconds(5));
  EXPECT_TRUE(absl::IsUnavailable(session->Run({"true"}, "", Soon(), StopToken()).status()));
}

TEST_F(BoardSsh, ACommandEndsWhenItIsStopped) {
  auto session = server_.Connect();
  StopToken stop;
  const auto result = session->Stream(
      {"sh", "-c", "echo started; sleep 100"},
      [&](absl::string_view) {
        stop.Stop();
        return absl::OkStatus();
      },
      Soon(), stop);
  EXPECT_TRUE(absl::IsCancelled(result.status())) << result.status();
}

TEST_F(BoardSsh, AStreamIsHeardWhileItComesAndAnErrorOfTheListenerEndsIt) {
  auto session = server_.Connect();
  std::string heard;
  const auto result = session->Stream(
      {"sh", "-c", "echo one; sleep 100"},
      [&](absl::string_view bytes) {
        absl::StrAppend(&heard, bytes);
        return absl::AbortedError("enough");
      },
      Soon(), StopToken());
  EXPECT_TRUE(absl::IsAborted(result.status())) << result.status();
  EXPECT_EQ(heard, "one\n");
  // The connection is still good.
  EXPECT_EQ(*session->RunAndRead({"echo", "two"}, Soon(), StopToken()), "two\n");
}

TEST_F(BoardSsh, ALinkThatBreaksUnderACommandIsUnavailable) {
  auto session = server_.Connect();
  const auto result = session->Stream(
      {"sh", "-c", "echo started; sleep 100"},
      [&](absl::string_view) {
        server_.CutLinks();
        return absl::OkStatus();
      },
      Soon(), StopToken());
  EXPECT_TRUE(absl::IsUnavailable(result.status())) << result.status();
}

TEST_F(BoardSsh, AFileIsUploadedWholeAndReadBack) {
  auto session = server_.Connect();
  std::string content(3'000'001, 'x');
  for (size_t i = 0; i < content.size(); i += 7) content[i] = static_cast<char>(i >> 8);
  const fs::path local = server_.home() / "local";
  const std::string remote = (server_.home() / "remote").string();
  ASSERT_TRUE(WriteFileAtomically(local, content).ok());
  ASSERT_TRUE(WriteFileAtomically(remote, "what was there").ok());
  uint64_t last = 0, whole = 0;
  const absl::Status status =
      session->Upload(local, remote, 0700, Soon(), StopToken(), [&](uint64_t done, uint64_t all) {
        EXPECT_GT(done, last);
        last = done;
        whole = all;
      });
  ASSERT_TRUE(status.ok()) << status;
  EXPECT_EQ(last, content.size());
  EXPECT_EQ(whole, content.size());
  EXPECT_EQ(*ReadFile(remote), content);
  EXPECT_EQ(fs::status(remote).permissions(), fs::perms::owner_all);
  EXPECT_FALSE(fs::exists(remote + ".part"));
  EXPECT_EQ(*session->Download(remote, 4'000'000, Soon(), StopToken()), content);
  EXPECT_EQ(*session->ReadAt(remote, 3'000'000, 100, Soon(), StopToken()),
            content.substr(3'000'000));
  EXPECT_TRUE(
      absl::IsResourceExhausted(session->Download(remote, 1000, Soon(), StopToken()).status()));
  EXPECT_TRUE(
      absl::IsNotFound(session->Download(remote + "x", 1000, Soon(), StopToken()).status()));
}

TEST_F(BoardSsh, ALinkThatIsCutInMidTransferLeavesNoHalfFileUnderItsName) {
  auto session = server_.Connect();
  const fs::path local = server_.home() / "local";
  const std::string remote = (server_.home() / "remote").string();
  ASSERT_TRUE(WriteFileAtomically(local, std::string(8 << 20, 'x')).ok());
  const absl::Status status =
      session->Upload(local, remote, 0600, Soon(), StopToken(), [&](uint64_t done, uint64_t) {
        if (done == 1 << 20) server_.CutLinks();
      });
  EXPECT_TRUE(absl::IsUnavailable(status)) << status;
  EXPECT_FALSE(fs::exists(remote));
}

TEST_F(BoardSsh, ATransferThatIsStoppedLeavesNoHalfFileUnderItsName) {
  auto session = server_.Connect();
  const fs::path local = server_.home() / "local";
  const std::string remote = (server_.home() / "remote").string();
  ASSERT_TRUE(WriteFileAtomically(local, std::string(64 << 20, 'x')).ok());
  StopToken stop;
  const absl::Status status =
      session->Upload(local, remote, 0600, Soon(), stop, [&](uint64_t, uint64_t) { stop.Stop(); });
  EXPECT_TRUE(absl::IsCancelled(status)) << status;
  EXPECT_FALSE(fs::exists(remote));
}

TEST_F(BoardSsh, AFolderIsListedAndCleared) {
  auto session = server_.Connect();
  const fs::path folder = server_.home() / "folder";
  fs::create_directories(folder / "inner");
  ASSERT_TRUE(session->Write("abc", (folder / "one").string(), 0600, Soon(), StopToken()).ok());
  auto files = session->List(folder.string(), Soon(), StopToken());
  ASSERT_TRUE(files.ok()) << files.status();
  ASSERT_EQ(files->size(), 1u);
  EXPECT_EQ((*files)[0].name, "one");
  EXPECT_EQ((*files)[0].bytes, 3u);
  for (int i = 0; i < 2; ++i)
    EXPECT_TRUE(session->Remove((folder / "one").string(), Soon(), StopToken()).ok());
  EXPECT_FALSE(fs::exists(folder / "one"));
  EXPECT_GT(*session->FreeBytes(folder.string(), Soon(), StopToken()), 0u);
}

}  // namespace
}  // namespace roxlab
