// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_TESTS_SUPPORT_BOARD_CLI_H_
#define ROXLAB_TESTS_SUPPORT_BOARD_CLI_H_

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/files.h"
#include "tests/support/lab_process.h"
#include "tests/support/ssh_server.h"

namespace roxlab {

// `roxlab board` on a boards.d of the test's own.
class BoardCliTest : public ::testing::Test {
 protected:
  // `roxlab board WORDS...` with no terminal.
  CliResult Board(std::vector<std::string> words) const {
    words.insert(words.begin(), "board");
    return lab_.Cli(words);
  }
  // The same at a terminal, where a person types `answer`.
  CliResult AtTerminal(const std::string& words, const std::string& answer) const {
    Command command;
    command.argv = {"script", "-qec", absl::StrCat(ROXLAB_BIN_DIR "/roxlab board ", words),
                    "/dev/null"};
    command.environment = {{"ROXLAB_BOARDS", boards().string()}};
    command.input = answer + "\n";
    const auto result = RunProcess(command);
    EXPECT_TRUE(result.ok()) << result.status();
    return {result->exit_code, result->output};
  }
  void Write(const std::string& name, absl::string_view text) const {
    lab_.Write("boards.d/" + name, text);
  }
  std::filesystem::path boards() const { return lab_.home() / "boards.d"; }

  TempDir dir_ = *TempDir::Make(::testing::TempDir(), "boardcli-");
  LabProcess lab_{dir_.path(), ""};
};

// A board that nothing has to reach.
inline constexpr char kPi[] = "name: pi\nhost: 192.0.2.7\nkey: id_lab\nboot: {kexec: {}}\n";

}  // namespace roxlab

#endif  // ROXLAB_TESTS_SUPPORT_BOARD_CLI_H_
