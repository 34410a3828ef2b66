// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "cli/commands.h"
#include "cli/completion.h"
#include "cli/errors.h"
#include "cli/progress.h"
#include "cli/words.h"
#include "common/files.h"
#include "common/process.h"

namespace roxlab {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(Progress, ABarFillsWithWhatIsDone) {
  EXPECT_EQ(Bar(0, 4, 8), "[........]");
  EXPECT_EQ(Bar(1, 4, 8), "[##......]");
  EXPECT_EQ(Bar(4, 4, 8), "[########]");
  EXPECT_EQ(Bar(9, 4, 8), "[########]");
  EXPECT_EQ(Bar(7, 0, 8), "[........]");
}

v1::GetExperimentResponse Compiling() {
  v1::GetExperimentResponse state;
  v1::Build& build = *state.add_builds();
  build.set_id("b");
  build.set_state(v1::RUNNING);
  build.mutable_progress()->set_stage("compile");
  build.mutable_progress()->set_done(50);
  build.mutable_progress()->set_total(100);
  v1::Run& run = *state.add_runs();
  run.set_build("b");
  run.set_variant("stock");
  state.mutable_experiment()->mutable_runs()->set_total(1);
  state.mutable_experiment()->mutable_runs()->set_queued(1);
  return state;
}

TEST(Progress, ABuildIsShownByItsVariantWithStageAndCount) {
  std::vector<std::string> lines = ProgressLines(Compiling(), 0);
  ASSERT_EQ(lines.size(), 2u);
  EXPECT_EQ(lines[0], "build stock            [###############...............] compile 50/100");
  EXPECT_THAT(lines[1], HasSubstr("0/1  0 passed, 1 queued"));
}

TEST(Progress, OffATerminalOnlyChangesArePrinted) {
  std::ostringstream out;
  ProgressDisplay display(out, /*terminal=*/false, 0);
  v1::GetExperimentResponse state = Compiling();
  display.Update(state);
  state.mutable_builds(0)->mutable_progress()->set_done(60);
  display.Update(state);
  state.mutable_builds(0)->set_state(v1::DONE);
  state.mutable_builds(0)->set_verdict(v1::FAIL);
  state.mutable_builds(0)->mutable_failure()->set_kind("build");
  state.mutable_builds(0)->mutable_failure()->set_summary("a.c:1: error");
  display.Update(state);
  EXPECT_EQ(out.str(), "build stock: compile\nbuild stock: FAIL build: a.c:1: error\n");
}

TEST(Progress, AutoSeedsSayHowFarTheyAreUntilTheExperimentIsDone) {
  v1::GetExperimentResponse state = Compiling();
  v1::Experiment& experiment = *state.mutable_experiment();
  experiment.mutable_spec()->mutable_auto_seeds()->set_start(8);
  experiment.mutable_spec()->mutable_auto_seeds()->set_limit(64);
  EXPECT_EQ(ProgressLines(state, 0).back(), "seeds: auto, 1-8 of at most 64");
  experiment.set_summary("seeds: auto, 1-8 of at most 64, interval 14 % wide, so 8 more");
  EXPECT_EQ(ProgressLines(state, 0).back(), experiment.summary());
  std::ostringstream out;
  ProgressDisplay display(out, /*terminal=*/false, 0);
  display.Update(state);
  display.Update(state);
  EXPECT_EQ(out.str(),
            "seeds: auto, 1-8 of at most 64, interval 14 % wide, so 8 more\n"
            "build stock: compile\n");
  experiment.set_state(v1::DONE);
  EXPECT_THAT(ProgressLines(state, 0).back(), HasSubstr("0/1  0 passed"));
}

TEST(Progress, LinesAreCutToTheTerminal) {
  for (const std::string& line : ProgressLines(Compiling(), 20)) EXPECT_LE(line.size(), 20u);
}

TEST(ExitStatus, TellsWhoseFaultItWas) {
  EXPECT_EQ(ExitStatusOf(v1::PASS), 0);
  EXPECT_EQ(ExitStatusOf(v1::FAIL), 1);
  EXPECT_EQ(ExitStatusOf(v1::ERROR), 3);
  EXPECT_EQ(ExitStatusOf(absl::NotFoundError("x")), 2);
  EXPECT_EQ(ExitStatusOf(absl::UnavailableError("x")), 4);
}

class QuickTest : public ::testing::Test {
 protected:
  QuickTest() {
    v1::Variant& stock = *catalog_.add_variants();
    stock.set_name("stock");
    stock.set_base("linux-7.3");
    stock.add_configs("lab");
  }
  TempDir dir_ = *TempDir::Make(::testing::TempDir(), "quick-");
  v1::Catalog catalog_;
  QuickOptions options_;
};

TEST_F(QuickTest, AVariantIsTheBaselinePlusTheSeries) {
  const std::string file = dir_.path() / "my series.mbox";
  std::ofstream(file)
      << "From 0 Mon Sep 17 00:00:00 2001\nSubject: x\n\n--- a/f\n+++ b/f\n@@ -1 +1 @@\n";
  options_.series = {file, "rox-cache"};
  options_.expect = {"linear.l3_entries below after loaded"};
  absl::StatusOr<v1::ExperimentSpec> spec = QuickExperiment(options_, catalog_);
  ASSERT_TRUE(spec.ok()) << spec.status();
  EXPECT_EQ(spec->baseline(), "stock");
  EXPECT_EQ(spec->define(0).name(), "my-series");
  EXPECT_THAT(spec->define(0).configs(), ElementsAre("lab"));
  EXPECT_THAT(spec->define(0).series(), ElementsAre("rox-cache"));
  EXPECT_EQ(spec->define(0).patches_size(), 1);
  EXPECT_THAT(spec->seeds(), ElementsAre("1-8"));
  EXPECT_EQ(spec->expect(0).phase(), "loaded");
}

TEST_F(QuickTest, AnUnknownBaselineOffersTheNearest) {
  options_.against = "stok";
  EXPECT_THAT(std::string(QuickExperiment(options_, catalog_).status().message()),
              HasSubstr("did you mean 'stock'"));
}

TEST_F(QuickTest, AnotherBaseThanTheBaselinesIsRefused) {
  options_.base = "linux-7.2";
  EXPECT_THAT(std::string(QuickExperiment(options_, catalog_).status().message()),
              HasSubstr("not comparable"));
}

TEST_F(QuickTest, WrongSeedsAndExpectationsAreRefused) {
  options_.seeds = "0";
  EXPECT_FALSE(QuickExperiment(options_, catalog_).ok());
  options_.seeds = "1";
  options_.expect = {"less"};
  EXPECT_THAT(std::string(QuickExperiment(options_, catalog_).status().message()),
              HasSubstr("write 'METRIC below|above|equal"));
}

TEST(CompareSides, AreExperimentsAloneOrWithTheirVariants) {
  const auto two = SidesOf({.experiment = "ab/stock", .candidate = "cd/rox"});
  ASSERT_TRUE(two.ok()) << two.status();
  EXPECT_EQ(two->baseline().experiment(), "ab");
  EXPECT_EQ(two->baseline().variant(), "stock");
  EXPECT_EQ(two->candidate().experiment(), "cd");
  EXPECT_EQ(two->candidate().variant(), "rox");
  const auto all = SidesOf({.experiment = "ab", .candidate = "cd"});
  ASSERT_TRUE(all.ok()) << all.status();
  EXPECT_EQ(all->baseline().variant(), "");
  for (const char* wrong : {"/rox", "ab/", "/"})
    EXPECT_THAT(std::string(SidesOf({.experiment = "ab", .candidate = wrong}).status().message()),
                HasSubstr("write EXPERIMENT/VARIANT"));
}

TEST(Words, AnEstimateIsRoundedUpToWhatPeopleCount) {
  EXPECT_EQ(About(40), "40 s");
  EXPECT_EQ(About(61), "2 min");
  EXPECT_EQ(About(7800), "2 h 10 min");
}

TEST(Completion, KnowsCommandsAndTheirOptions) {
  CLI::App app("x", "roxlab");
  app.add_subcommand("watch", "w")->add_flag("--json");
  EXPECT_THAT(BashCompletion(app), HasSubstr("watch) words=\"--help --json\""));
  EXPECT_THAT(BashCompletion(app), HasSubstr("complete -o default -F _roxlab roxlab"));
}

TEST(Completion, ABoardIsOfferedWhereACommandOfACommandTakesOne) {
  CLI::App app("x", "roxlab");
  CLI::App* group = app.add_subcommand("board", "b");
  std::string name;
  group->add_subcommand("trust", "t")->add_option("board", name)->type_name(kBoardType);
  group->add_subcommand("list", "l");
  app.add_subcommand("trust", "another one");
  const TempDir dir = *TempDir::Make(::testing::TempDir(), "completion-");
  const std::string program = (dir.path() / "roxlab").string();
  std::ofstream(program) << "#!/bin/sh\necho \"pi $*\"\n";
  std::filesystem::permissions(program, std::filesystem::perms::owner_all);
  auto complete = [&](const std::string& words) {
    Command command;
    command.argv = {"bash", "-c",
                    BashCompletion(app) + "COMP_WORDS=($0 " + words +
                        "); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _roxlab; echo ${COMPREPLY[*]}",
                    program};
    return RunAndRead(command).value_or("bash failed");
  };
  EXPECT_EQ(complete("board t"), "trust\n");
  EXPECT_EQ(complete("board trust p"), "pi\n");
  EXPECT_EQ(complete("board trust --"), "--help --names\n");  // Of the stand-in's own words.
  EXPECT_EQ(complete("trust ''"), "--help\n");
}

}  // namespace
}  // namespace roxlab
