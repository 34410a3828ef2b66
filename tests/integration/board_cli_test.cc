// SPDX-License-Identifier: Apache-2.0
#include "tests/support/board_cli.h"

#include <gmock/gmock.h>

#include "absl/strings/str_split.h"
#include "board/board_file.h"
#include "board/board_lock.h"
#include "board/host_key.h"
#include "tests/support/tcp_listener.h"

namespace roxlab {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

TEST_F(BoardCliTest, ADirectoryThatIsMissingIsNamedWithWhatToDo) {
  for (const char* command : {"list", "check pi", "trust pi", "reserve pi", "retry pi"}) {
    const CliResult said = Board(absl::StrSplit(command, ' '));
    EXPECT_EQ(said.status, 2) << command;
    EXPECT_THAT(said.output,
                AllOf(HasSubstr("no directory " + boards().string()), HasSubstr("ROXLAB_BOARDS")));
  }
}

TEST_F(BoardCliTest, ANameThatIsMistypedIsOfferedRightly) {
  Write("pi.yaml", kPi);
  for (const char* command : {"check", "trust", "reserve", "retry"}) {
    const CliResult said = Board({command, "pj"});
    EXPECT_EQ(said.status, 2) << command;
    EXPECT_THAT(said.output, HasSubstr("unknown board 'pj'; did you mean 'pi'?"));
  }
  EXPECT_EQ(Board({"check", "../boards.d/pi"}).status, 2);
}

TEST_F(BoardCliTest, AListSaysOfEachBoardHowItStandsAndLeavesNothing) {
  Write("pi.yaml", kPi);
  EXPECT_THAT(Board({"list"}).output,
              AllOf(HasSubstr("pi     root@192.0.2.7:22  kexec  unknown\n")));
  EXPECT_FALSE(fs::exists(boards() / "pi.lock"));
  Write("pi.hostkey",
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJoGuJnv+VHXVGvDHYTFjfmEL+w3bbvLzvdvb9q"
        "Mjw5P\n");
  Write("pi.quarantine", "does not come back\nwhole console\n");
  const auto lock = BoardLock::TryLock(boards(), "pi", "run 7c1e");
  const CliResult said = Board({"list"});
  EXPECT_EQ(said.status, 0) << said.output;
  EXPECT_THAT(said.output, AllOf(HasSubstr(" known "), HasSubstr("run 7c1e (process "),
                                 HasSubstr("does not come back\n"), Not(HasSubstr("console"))));
}

TEST_F(BoardCliTest, AListNamesWrongFilesAndTheOthersAreThere) {
  Write("pi.yaml", kPi);
  Write("bad.yaml", "name: bad\nhots: x\n");
  const CliResult said = Board({"list"});
  EXPECT_EQ(said.status, 2);
  EXPECT_THAT(said.output, AllOf(HasSubstr("pi     root@192.0.2.7:22"),
                                 HasSubstr("bad.yaml:2: unknown key 'hots'")));
  EXPECT_EQ(Board({"list", "--names"}).output, "bad\npi\n");
}

TEST_F(BoardCliTest, QuarantineIsShownAndEndsOnlyWhenAPersonSaysSo) {
  Write("pi.yaml", kPi);
  EXPECT_THAT(Board({"retry", "pi"}).output, HasSubstr("'pi' is not in quarantine"));
  Write("pi.quarantine", "power cycle: relay is stuck\n");
  const CliResult unasked = Board({"retry", "pi"});
  EXPECT_EQ(unasked.status, 2);
  EXPECT_THAT(unasked.output,
              AllOf(HasSubstr("quarantine: power cycle: relay is stuck"), HasSubstr("give --yes")));
  EXPECT_EQ(AtTerminal("retry pi", "n").status, 5);
  EXPECT_TRUE(fs::exists(boards() / "pi.quarantine"));
  const CliResult done = Board({"retry", "pi", "--yes"});
  EXPECT_EQ(done.status, 0) << done.output;
  EXPECT_FALSE(fs::exists(boards() / "pi.quarantine"));
}

constexpr char kLava[] = R"({% set ssh_host = '192.0.2.9' %}
{% set ssh_identity_file = '/keys/lab' %}
{% set hard_reset_command = 'relay cycle' %}
{% set fastboot_serial_number = '12' %}
)";

TEST_F(BoardCliTest, AnImportedFileIsABoardAndWhatDidNotFitIsNamed) {
  fs::create_directories(boards());
  const std::string file = lab_.Write("bbb01.jinja2", kLava);
  const CliResult said = Board({"import", "lava", file});
  EXPECT_EQ(said.status, 0) << said.output;
  EXPECT_THAT(said.output,
              AllOf(HasSubstr("boards.d/bbb01.yaml\n"),
                    HasSubstr("not carried over: " + file + ":4: fastboot_serial_number"),
                    HasSubstr("to be written by you: serial: ")));
  const auto board = LoadBoard(boards() / "bbb01.yaml");
  ASSERT_TRUE(board.ok()) << board.status();
  EXPECT_EQ(board->host(), "192.0.2.9");
}

TEST_F(BoardCliTest, AnImportOverwritesNothingUnlessForced) {
  Write("pi.yaml", kPi);
  const std::string file = lab_.Write("x.jinja2", kLava);
  const CliResult said = Board({"import", "lava", file, "--name", "pi"});
  EXPECT_EQ(said.status, 2);
  EXPECT_THAT(said.output, HasSubstr("pi.yaml exists: --force overwrites it"));
  EXPECT_EQ(LoadBoard(boards() / "pi.yaml")->host(), "192.0.2.7");
  EXPECT_EQ(Board({"import", "lava", file, "--name", "pi", "--force"}).status, 0);
  EXPECT_EQ(LoadBoard(boards() / "pi.yaml")->host(), "192.0.2.9");
}

TEST_F(BoardCliTest, OfALabgridFileWithSeveralGroupsOneIsChosen) {
  fs::create_directories(dir_.path() / "elsewhere");
  const std::string file =
      lab_.Write("exporter.yaml",
                 "one:\n  NetworkService: {address: 192.0.2.1, username: root}\n"
                 "two:\n  NetworkService: {address: 192.0.2.2, username: root}\n");
  const std::string output = (dir_.path() / "elsewhere").string();
  EXPECT_EQ(Board({"import", "labgrid", file, "--output", output}).status, 2);
  const CliResult said = Board({"import", "labgrid", file, "--group", "two", "--output", output});
  EXPECT_EQ(said.status, 0) << said.output;
  EXPECT_THAT(*ReadFile(dir_.path() / "elsewhere/two.yaml"), HasSubstr("192.0.2.2"));
}

TEST_F(BoardCliTest, AnImportOfSomethingElseSaysWhatIsWrong) {
  fs::create_directories(boards());
  const std::string file = lab_.Write("no name.txt", "- 1\n");
  EXPECT_THAT(Board({"import", "lava", file}).output, HasSubstr("is no name of a board"));
  const CliResult said = Board({"import", "lava", file, "--name", "x"});
  EXPECT_EQ(said.status, 2);
  EXPECT_THAT(said.output, HasSubstr("no name.txt:1: "));
  EXPECT_EQ(Board({"import", "conserver", file, "--name", "x"}).status, 2);
  EXPECT_THAT(Board({"import", "lava", "/nonexistent", "--name", "x"}).output,
              HasSubstr("cannot open /nonexistent"));
  EXPECT_FALSE(fs::exists(boards() / "x.yaml"));
}

class BoardTrust : public BoardCliTest {
 protected:
  BoardTrust() { Describe(server_.port()); }
  void Describe(uint32_t port) const {
    Write("pi.yaml", absl::StrCat("name: pi\nhost: 127.0.0.1\nport: ", port,
                                  "\nkey: id_lab\nboot: {kexec: {}}\n"));
  }
  std::string Known() const { return ReadFile(boards() / "pi.hostkey").value_or("none"); }
  std::string Shown() const { return server_.target().host_key.Line() + "\n"; }
  // As OpenSSH's own tool prints it.
  std::string OpensshFingerprint() const {
    Command command;
    command.argv = {"ssh-keygen", "-l", "-f", (server_.home() / "host.pub").string()};
    const std::vector<std::string> words = absl::StrSplit(*RunAndRead(command), ' ');
    return words[1];
  }

  SshServer server_;
};

TEST_F(BoardTrust, TheFingerprintIsShownAndNothingWrittenWhenThereIsNobodyToAsk) {
  const CliResult said = Board({"trust", "pi"});
  EXPECT_EQ(said.status, 2);
  EXPECT_THAT(said.output, AllOf(HasSubstr("shows ssh-ed25519 " + OpensshFingerprint()),
                                 HasSubstr("no terminal to ask at")));
  EXPECT_EQ(Known(), "none");
}

TEST_F(BoardTrust, APersonAtTheTerminalDecides) {
  const CliResult no = AtTerminal("trust pi", "what?");
  EXPECT_EQ(no.status, 5) << no.output;
  EXPECT_THAT(no.output, AllOf(HasSubstr(OpensshFingerprint()), HasSubstr("[y/N]")));
  EXPECT_EQ(Known(), "none");
  EXPECT_EQ(AtTerminal("trust pi", "yes").status, 0);
  EXPECT_EQ(Known(), Shown());
}

TEST_F(BoardTrust, AKeyThatIsKnownIsNotAskedForAgain) {
  EXPECT_EQ(Board({"trust", "pi", "--yes"}).status, 0);
  EXPECT_EQ(Known(), Shown());
  const CliResult again = Board({"trust", "pi"});
  EXPECT_EQ(again.status, 0);
  EXPECT_THAT(again.output, HasSubstr("known already: ssh-ed25519 " + OpensshFingerprint()));
}

TEST_F(BoardTrust, ADifferentKeyIsRefusedWithBothFingerprintsUnlessItIsToBeReplaced) {
  Board({"trust", "pi", "--yes"});
  const std::string before = Known(), old_fingerprint = OpensshFingerprint();
  server_.ChangeHostKey();
  Describe(server_.port());
  const CliResult said = Board({"trust", "pi", "--yes"});
  EXPECT_EQ(said.status, 2);
  EXPECT_THAT(said.output, AllOf(HasSubstr("known: ssh-ed25519 " + old_fingerprint),
                                 HasSubstr("shown: ssh-ed25519 " + OpensshFingerprint())));
  EXPECT_EQ(Known(), before);
  EXPECT_EQ(Board({"trust", "pi", "--yes", "--replace"}).status, 0);
  EXPECT_EQ(Known(), Shown());
}

TEST_F(BoardTrust, ABoardThatDoesNotAnswerIsNoMatterOfTheServer) {
  Describe(TcpListener().port());
  const CliResult said = Board({"trust", "pi", "--yes"});
  EXPECT_EQ(said.status, 4);
  EXPECT_THAT(said.output, AllOf(HasSubstr("cannot reach 127.0.0.1"), Not(HasSubstr("roxlabd"))));
}

}  // namespace
}  // namespace roxlab
