// SPDX-License-Identifier: Apache-2.0
#include "board/board_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/files.h"

namespace roxlab {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr char kWhole[] =
    "name: pi\n"
    "host: 192.0.2.7\n"
    "key: id_lab\n"
    "boot: {kexec: {}}\n"
    "power:\n"
    "  commands: {on: [relay, \"on\"], off: [relay, \"off\"]}\n"
    "serial:\n"
    "  tty: {path: /dev/ttyUSB0}\n";

std::string ErrorOf(absl::string_view text) {
  return std::string(ReadBoard(text, "/lab/boards.d/pi.yaml").status().message());
}

TEST(BoardFile, WhatIsNotSaidHasADefault) {
  absl::StatusOr<v1::Board> board = ReadBoard(kWhole, "/lab/boards.d/pi.yaml");
  ASSERT_TRUE(board.ok()) << board.status();
  EXPECT_EQ(board->port(), 22u);
  EXPECT_EQ(board->user(), "root");
  EXPECT_EQ(board->key(), "/lab/boards.d/id_lab");
  EXPECT_EQ(board->boot().kexec().program(), "kexec");
  EXPECT_EQ(board->serial().tty().baud(), 115200u);
  EXPECT_EQ(board->timeouts().connect(), 15u);
  EXPECT_EQ(board->timeouts().return_(), 300u);
  EXPECT_EQ(board->work_directory(), "/var/lib/roxlab");
  EXPECT_THAT(board->power().commands().on(), ElementsAre("relay", "on"));
}

TEST(BoardFile, EachMistakeIsNamedWithFileAndLine) {
  EXPECT_EQ(ErrorOf("name: pi\nhots: a\n"),
            "/lab/boards.d/pi.yaml:2: unknown key 'hots'; did you mean 'host'?");
  EXPECT_EQ(ErrorOf("name: pie\n"),
            "/lab/boards.d/pi.yaml:1: the name inside is 'pie', expected 'pi'");
  EXPECT_THAT(ErrorOf("name: pi\nkey: k\n"), HasSubstr("pi.yaml:1: 'host' is missing"));
  EXPECT_THAT(ErrorOf("name: pi\nhost: h\nkey: k\nboot: {kexec: {}}\nserial:\n  tcp: {host: h}\n"),
              HasSubstr("pi.yaml:6: 'tcp' needs host and port"));
  EXPECT_THAT(ErrorOf("name: pi\nhost: h\nkey: k\nboot: {kexec: {}, grub: {}}\n"),
              HasSubstr("pi.yaml:4: 'grub' excludes the other 'method'"));
  EXPECT_THAT(ErrorOf("name: pi\nhost: h\nkey: k\nboot:\n  extlinux: {}\n"),
              HasSubstr("pi.yaml:5: extlinux chooses the kernel over the serial console"));
}

TEST(BoardFile, TheWorkDirectoryIsNeverOneOfTheSystems) {
  for (const char* directory : {"/", "/usr", "var/lib", "/var/../usr", "/var/lib/.."})
    EXPECT_THAT(ErrorOf(absl::string_view(kWhole).data() + std::string("work_directory: ") +
                        directory + "\n"),
                HasSubstr("pi.yaml:9: 'work_directory' takes an absolute path"))
        << directory;
}

TEST(BoardFile, ABoardWithAWrongFileDoesNotTakeTheOthersWithIt) {
  TempDir dir = *TempDir::Make(::testing::TempDir(), "boards-");
  ASSERT_TRUE(WriteFileAtomically(dir.path() / "pi.yaml", kWhole).ok());
  ASSERT_TRUE(WriteFileAtomically(dir.path() / "bad.yaml", "name: bad\nhost: [\n").ok());
  ASSERT_TRUE(WriteFileAtomically(dir.path() / "pi.hostkey", "ssh-ed25519 AAAA\n").ok());
  absl::StatusOr<BoardFiles> files = LoadBoards(dir.path());
  ASSERT_TRUE(files.ok()) << files.status();
  ASSERT_EQ(files->boards.size(), 1u);
  EXPECT_EQ(files->boards[0].name(), "pi");
  ASSERT_EQ(files->errors.size(), 1u);
  EXPECT_THAT(files->errors[0].message(), HasSubstr("bad.yaml:3:"));
}

TEST(BoardFile, NoDirectoryMeansNoBoards) {
  absl::StatusOr<BoardFiles> files = LoadBoards("/nonexistent/boards.d");
  ASSERT_TRUE(files.ok()) << files.status();
  EXPECT_TRUE(files->boards.empty());
}

TEST(BoardFile, WhatIsWrittenReadsBackTheSame) {
  v1::Board board = *ReadBoard(kWhole, "/lab/boards.d/pi.yaml");
  board.mutable_power()->mutable_commands()->add_cycle("say \"no\"\n: {yes}");
  absl::StatusOr<v1::Board> again = ReadBoard(WriteBoard(board), "/lab/boards.d/pi.yaml");
  ASSERT_TRUE(again.ok()) << again.status() << WriteBoard(board);
  EXPECT_EQ(again->DebugString(), board.DebugString());
}

}  // namespace
}  // namespace roxlab
