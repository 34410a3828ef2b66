// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <sys/utsname.h>

#include "absl/strings/match.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "board/host_key.h"
#include "tests/support/board_cli.h"
#include "tests/support/tcp_listener.h"

namespace roxlab {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

// A board that is fit for runs, until a test takes something away.
class BoardCheckCli : public BoardCliTest {
 protected:
  BoardCheckCli() {
    Put("boot/extlinux.conf", "LABEL debian\n  KERNEL /vmlinuz\n");
    Put("boot-id", "first\n");
    Put("cmdline", "root=/dev/mmcblk0p2\n");
    Program("id", "echo 0");
    Program("cat",
            "case $1 in\n*/boot_id) exec /bin/cat 'HOME/boot-id' ;;\n"
            "/proc/cmdline) exec /bin/cat 'HOME/cmdline' ;;\nesac\nexec /bin/cat \"$@\"");
    fs::create_directories(boards());
    EXPECT_TRUE(StoreHostKey(HostKeyPath(boards(), "pi"), server_.target().host_key).ok());
    Describe();
  }
  // The board's file, with one text of it changed.
  void Describe(const std::string& from = "", const std::string& to = "") {
    utsname kernel = {};
    uname(&kernel);
    std::string text =
        absl::StrCat("name: pi\nhost: 127.0.0.1\nport: ", server_.port(),
                     "\nuser: ", server_.target().user, "\nkey: ", server_.target().key.string(),
                     "\nboot: {extlinux: {config: ", (home() / "boot/extlinux.conf").string(),
                     "}}\nserial: {tcp: {host: 127.0.0.1, port: ", serial_.port(),
                     "}}\npower: {commands: {cycle: [sh, -c, 'echo second >\"$0\"', ",
                     (home() / "boot-id").string(), "]}}\nresident_kernel: ", kernel.release,
                     "\nwork_directory: ", (home() / "work").string(),
                     "\ncache_mib: 1\ntimeouts: {return: 3}\n");
    if (!from.empty()) {
      ASSERT_THAT(text, HasSubstr(from));
      text = absl::StrReplaceAll(text, {{from, to}});
    }
    Write("pi.yaml", text);
  }
  void Put(const std::string& name, const std::string& text) {
    fs::create_directories((home() / name).parent_path());
    ASSERT_TRUE(WriteFileAtomically(home() / name, text).ok());
  }
  // A program of the board.
  void Program(const std::string& name, const std::string& script) {
    Put("bin/" + name, absl::StrReplaceAll(absl::StrCat("#!/bin/sh\n", script, "\n"),
                                           {{"HOME", home().string()}}));
    fs::permissions(home() / "bin" / name, fs::perms::owner_all);
  }
  // What a check says of one step; fails the test unless that is the only one that fails, and the
  // exit status tells.
  std::string Failure(const std::string& step, const std::vector<std::string>& options = {}) {
    std::vector<std::string> words = {"check", "pi"};
    words.insert(words.end(), options.begin(), options.end());
    const CliResult said = Board(words);
    EXPECT_EQ(said.status, 1) << said.output;
    std::string failure;
    for (absl::string_view line : absl::StrSplit(said.output, '\n')) {
      if (!absl::StartsWith(line, "FAIL")) continue;
      EXPECT_THAT(std::string(line), HasSubstr(absl::StrCat("  ", step, " "))) << said.output;
      absl::StrAppend(&failure, line);
    }
    EXPECT_NE(failure, "") << said.output;
    return failure;
  }
  fs::path home() const { return server_.home(); }

  SshServer server_;
  TcpListener serial_;
};

TEST_F(BoardCheckCli, ABoardThatIsFitIsOkAtEveryStep) {
  const CliResult said = Board({"check", "pi"});
  EXPECT_EQ(said.status, 0) << said.output;
  for (const char* step :
       {"file", "host-key", "serial", "power", "ssh", "root", "kernel", "work", "boot"})
    EXPECT_THAT(said.output, HasSubstr(absl::StrCat("ok    ", step, " ")));
  EXPECT_THAT(said.output, Not(HasSubstr("FAIL")));
  EXPECT_EQ(*ReadFile(home() / "boot-id"), "first\n");  // Nothing was switched.
  EXPECT_FALSE(fs::exists(home() / "work/check"));
}

TEST_F(BoardCheckCli, AWrongFileFailsAtItsLine) {
  Describe("serial: {tcp", "serial: {tpc");
  EXPECT_THAT(Failure("file"), HasSubstr("pi.yaml:7: unknown key 'tpc'"));
}

TEST_F(BoardCheckCli, AHostKeyThatIsNotKnownKeepsSshFromBeingTried) {
  fs::remove(HostKeyPath(boards(), "pi"));
  EXPECT_THAT(Failure("host-key"), HasSubstr("`roxlab board trust pi`"));
  EXPECT_THAT(Board({"check", "pi"}).output, AllOf(HasSubstr("-     ssh       needs host-key"),
                                                   HasSubstr("-     boot      needs host-key")));
  Write("pi.hostkey", "rubbish\n");
  EXPECT_THAT(Failure("host-key"), HasSubstr("pi.hostkey:1: not a host key"));
}

TEST_F(BoardCheckCli, ABoardThatDoesNotAnswerOrAnswersWithAnotherKeyFailsAtSsh) {
  const uint32_t port = server_.port();
  server_.ChangeHostKey();
  EXPECT_THAT(Failure("ssh"), AllOf(HasSubstr(absl::StrCat("127.0.0.1:", port)),
                                    HasSubstr("see that the board is on and its sshd runs")));
  Describe();
  EXPECT_THAT(Failure("ssh"), HasSubstr("is not the known one"));
}

TEST_F(BoardCheckCli, ALogInThatIsRefusedNamesWhatIsMissingThere) {
  ASSERT_TRUE(WriteFileAtomically(home() / "authorized_keys", "").ok());
  EXPECT_THAT(Failure("ssh"), HasSubstr("authorized_keys"));
  EXPECT_THAT(Board({"check", "pi"}).output, HasSubstr("-     work      needs ssh"));
}

TEST_F(BoardCheckCli, AUserWhoIsNotRootIsFoundOut) {
  Program("id", "echo 1000");
  EXPECT_THAT(Failure("root"), HasSubstr("is user 1000 there; 'user' must be root"));
}

TEST_F(BoardCheckCli, ABoardThatHangsInAStepIsAskedForNothingMore) {
  Describe("{return: 3}", "{return: 3, command: 1}");
  Program("id", "sleep 1000");
  EXPECT_NE(Failure("root"), "");
  EXPECT_THAT(Board({"check", "pi"}).output, HasSubstr("-     kernel    needs ssh\n"));
}

TEST_F(BoardCheckCli, AnotherKernelThanTheResidentOneIsFoundOut) {
  Describe("resident_kernel: ", "resident_kernel: 9.9-");
  EXPECT_THAT(Failure("kernel"), HasSubstr("and the file says 9.9-"));
  Describe();
  Put("cmdline", "root=/dev/mmcblk0p2 roxlab.seed=7\n");
  EXPECT_THAT(Failure("kernel"), HasSubstr("is a kernel under test; reboot the board"));
}

TEST_F(BoardCheckCli, AWorkDirectoryWithoutRoomOrRightsFails) {
  Describe("cache_mib: 1\n", "cache_mib: 4294967295\n");
  EXPECT_THAT(Failure("work"), HasSubstr("MiB of files, and 'cache_mib' is 4294967295"));
  Describe((home() / "work").string(), "/dev/null/work");
  EXPECT_THAT(Failure("work"), HasSubstr("see that 'work_directory' can be written to"));
}

TEST_F(BoardCheckCli, ABootMethodThatTheBoardLacksFails) {
  fs::remove(home() / "boot/extlinux.conf");
  EXPECT_THAT(Failure("boot"), HasSubstr("has no entry (LABEL) of a resident kernel"));
}

TEST_F(BoardCheckCli, ASerialLineThatDoesNotOpenFails) {
  Describe(absl::StrCat("port: ", serial_.port()), absl::StrCat("port: ", TcpListener().port()));
  EXPECT_THAT(Failure("serial"), HasSubstr("see that nobody else has the line"));
}

TEST_F(BoardCheckCli, APowerCommandThatIsNotThereFails) {
  Describe("[sh, -c", "[no-such-relay, -c");
  EXPECT_THAT(Failure("power"), HasSubstr("no program 'no-such-relay' on this host"));
}

TEST_F(BoardCheckCli, WithAPowerCycleTheBoardHasToBootAnew) {
  const CliResult said = Board({"check", "pi", "--power-cycle"});
  EXPECT_EQ(said.status, 0) << said.output;
  EXPECT_THAT(said.output, HasSubstr("ok    power     switched off and on"));
  EXPECT_EQ(*ReadFile(home() / "boot-id"), "second\n");
  // Switched again, it says what it said before.
  EXPECT_THAT(Failure("ssh", {"--power-cycle"}), HasSubstr("runs on as before"));
}

TEST_F(BoardCheckCli, APowerCommandThatFailsIsShownWithWhatItSaid) {
  Describe("echo second", "echo stuck >&2; exit 3; ");
  EXPECT_THAT(Failure("power", {"--power-cycle"}), HasSubstr("exit status 3: stuck"));
}

TEST_F(BoardCheckCli, ABoardInQuarantineIsSaidToBe) {
  Write("pi.quarantine", "gone\n");
  EXPECT_THAT(Board({"check", "pi"}).output, HasSubstr("`roxlab board retry pi` takes it out"));
}

}  // namespace
}  // namespace roxlab
