// SPDX-License-Identifier: Apache-2.0
//
// Runs on a board over SSH, and what boards do to a lab; the board is tests/standin.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "tests/support/e2e_lab.h"
#include "tests/support/e2e_run.h"
#include "tests/support/standin.h"

namespace roxlab {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;

class BoardTest : public ::testing::Test {
 protected:
  BoardTest() : lab_(MakeE2eLab()) {}

  void SetUp() override {
    if (!FullTests()) GTEST_SKIP() << "needs a kernel of its own: ROXLAB_FULL=1";
    const std::filesystem::path boards = lab_.home() / "boards.d";
    std::filesystem::remove_all(boards);
    auto made = Standin::Make(lab_.home() / "standin", {.name = "standin"});
    ASSERT_TRUE(made.ok()) << made.status();
    board_ = *std::move(made);
    ASSERT_TRUE(board_->Register(boards).ok());
    lab_.StartServer();
    lab_.StartRunner();
  }

  // Waits until the server knows the board in `state`; what it says of the board then.
  json BoardIn(const std::string& state, absl::Duration timeout = absl::Minutes(5)) {
    const absl::Time limit = absl::Now() + timeout;
    CliResult said;
    while (absl::Now() < limit) {
      said = lab_.Cli({"boards", "--json"});
      const json all = json::parse(said.output, nullptr, false);
      if (all.is_object() && !all["boards"].empty() && all["boards"][0].value("state", "") == state)
        return all["boards"][0];
      absl::SleepFor(absl::Milliseconds(100));
    }
    ADD_FAILURE() << "the board does not get " << state << ": " << said.output
                  << lab_.runner().output();
    return {};
  }

  LabProcess lab_;
  std::unique_ptr<Standin> board_;
};

TEST_F(BoardTest, ARunOnABoardHasTheRecordOfOneOnQemu) {
  BoardIn("BOARD_READY");
  const json run = RunOnce(lab_, "stock", "modules", "standin");
  EXPECT_GT(Metric(run, "loaded", "linear.l3_entries"), 0);
  std::cerr << lab_.runner().output();
}

}  // namespace
}  // namespace roxlab
