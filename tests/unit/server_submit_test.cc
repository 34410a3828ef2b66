// SPDX-License-Identifier: Apache-2.0
//
// Seeds, build ids and plans; what the door refuses is in integration/server_input_test.cc.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "server/submit/build_id.h"
#include "server/submit/cmdline.h"
#include "server/submit/plan.h"
#include "server/submit/seeds.h"
#include "spec/catalog.h"
#include "tests/support/test_catalog.h"

namespace roxlab {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;

TEST(ProjectsCatalog, EveryExperimentCanBeHandedIn) {
  const absl::StatusOr<v1::Catalog> catalog = LoadCatalog(ROXLAB_SOURCE_DIR "/kernels");
  ASSERT_TRUE(catalog.ok()) << catalog.status();
  EXPECT_GT(catalog->experiments_size(), 0);
  for (const v1::ExperimentSpec& experiment : catalog->experiments())
    EXPECT_TRUE(MakePlan(experiment, *catalog).ok())
        << experiment.name() << ": " << MakePlan(experiment, *catalog).status();
}

TEST(PlanTest, CommandsAreForBoards) {
  v1::Catalog catalog = TestCatalog();
  *catalog.add_workloads() = FromText<v1::Workload>(
      R"(name: "bench" phases { name: "done" steps { run_command { argv: "true" } } })");
  catalog.mutable_machines(1)->mutable_board();
  catalog.mutable_machines(1)->clear_tags();
  v1::ExperimentSpec spec =
      FromText<v1::ExperimentSpec>(R"(name: "e" variants: "stock" machines: "board-b"
                                      workloads: "bench" seeds: "1")");
  EXPECT_TRUE(MakePlan(spec, catalog).ok()) << MakePlan(spec, catalog).status();
  spec.add_machines("qemu-a");
  EXPECT_THAT(MakePlan(spec, catalog).status().message(),
              AllOf(HasSubstr("workload 'bench'"), HasSubstr("machine 'qemu-a'")));
}

TEST(PlanTest, ABoardsMetricsCanBeExpectedAndTheirTypingErrorsAreFound) {
  v1::ExperimentSpec spec = TestExperiment();
  for (const char* good : {"perf.dtlb_walk", "module_load.p99", "command.requests"}) {
    spec.mutable_expect(0)->set_metric(good);
    EXPECT_TRUE(MakePlan(spec, TestCatalog()).ok()) << good;
  }
  spec.mutable_expect(0)->set_metric("perf.dtbl_walk");
  EXPECT_THAT(MakePlan(spec, TestCatalog()).status().message(), HasSubstr("'perf.dtlb_walk'"));
}

TEST(SeedsTest, NumbersAndRangesInTheOrderGiven) {
  v1::ExperimentSpec spec;
  for (const char* seeds : {"5", "1-3", "0", "9223372036854775807"}) spec.add_seeds(seeds);
  EXPECT_THAT(*ParseSeeds(spec.seeds()), ElementsAre(5, 1, 2, 3, 0, 9223372036854775807u));
}

TEST(SeedsTest, ARangeMayHoldTenThousandAndNoMore) {
  v1::ExperimentSpec spec;
  spec.add_seeds("1-10000");
  EXPECT_THAT(*ParseSeeds(spec.seeds()), SizeIs(10'000));
  spec.add_seeds("10001");
  EXPECT_FALSE(ParseSeeds(spec.seeds()).ok());
}

v1::BuildSpec Spec(const std::string& text) { return FromText<v1::BuildSpec>(text); }

TEST(BuildIdTest, EveryInputCountsAndSoDoesTheirOrder) {
  const std::set<std::string> ids = {
      BuildId(Spec(R"(base { name: "a" })")),
      BuildId(Spec(R"(base { name: "b" })")),
      BuildId(Spec(R"(base { name: "a" } toolchain: "gcc")")),
      BuildId(Spec(R"(base { name: "a" } patches { content: "1" } patches { content: "2" })")),
      BuildId(Spec(R"(base { name: "a" } patches { content: "2" } patches { content: "1" })")),
      BuildId(Spec(R"(base { name: "a" } patches { content: "12" })")),
      BuildId(Spec(R"(base { name: "a" } patches { content: "1" } configs { content: "2" })")),
      BuildId(Spec(R"(base { name: "a" } configs { content: "1" } configs { content: "2" })")),
  };
  EXPECT_THAT(ids, SizeIs(8));
}

TEST(BuildIdTest, NamesOfFilesAndOriginsDoNotCount) {
  EXPECT_EQ(BuildId(Spec(R"(base { name: "a" } patches { name: "x" content: "1" })")),
            BuildId(Spec(R"(base { name: "a" version: "7.3" origins { local: "/x" } }
                            patches { name: "y" content: "1" })")));
}

// The ids are in databases: another value here means that every lab builds everything anew.
TEST(BuildIdTest, StaysWhatItWas) {
  EXPECT_EQ(BuildId(Spec(R"(base { name: "linux-7.3" } toolchain: "aarch64-linux-gnu-gcc"
                            patches { content: "p" } configs { content: "c" })")),
            "8178c68d22bdf5db6811619a4334e05896c684e3c2b2026b21b1f6337588e8b1");
}

// On the first machine.
const v1::BuildSpec& BuildOf(const Plan& plan, size_t variant) {
  return plan.builds.at(plan.variants[variant].builds[0]);
}

TEST(PlanTest, AllNamesAreResolved) {
  const auto plan = MakePlan(TestExperiment(), TestCatalog());
  ASSERT_TRUE(plan.ok()) << plan.status();
  ASSERT_THAT(plan->variants, SizeIs(2));
  EXPECT_EQ(plan->variants[1].name, "rox-cache");
  EXPECT_EQ(plan->variants[1].cmdline, "debug");
  EXPECT_EQ(BuildOf(*plan, 1).patches_size(), 2);
  EXPECT_NE(plan->variants[0].builds, plan->variants[1].builds);
  EXPECT_THAT(plan->seeds, ElementsAre(1, 2));
  EXPECT_EQ(plan->workloads[0].phases_size(), 2);
}

TEST(PlanTest, TheFirstVariantIsTheBaselineUnlessSaid) {
  v1::ExperimentSpec spec = TestExperiment();
  spec.clear_baseline();
  EXPECT_EQ(MakePlan(spec, TestCatalog())->spec.baseline(), "stock");
}

TEST(PlanTest, VariantsThatDifferOnlyInTheCommandLineShareABuild) {
  v1::ExperimentSpec spec = TestExperiment();
  v1::Variant& quiet = *spec.add_define();
  quiet.set_name("quiet");
  quiet.set_base("linux-7.3");
  quiet.add_configs("lab");
  quiet.set_cmdline("quiet");
  const auto plan = MakePlan(spec, TestCatalog());
  EXPECT_EQ(plan->variants[0].builds, plan->variants[2].builds);
}

TEST(PlanTest, AMachineThatAsksForConfigurationHasBuildsOfItsOwn) {
  v1::Catalog catalog = TestCatalog();
  v1::Machine& board = *catalog.add_machines();
  board.set_name("desk");
  board.mutable_board();
  board.add_configs("drivers");
  v1::ExperimentSpec spec = TestExperiment();
  spec.add_machines("desk");
  EXPECT_THAT(MakePlan(spec, catalog).status().message(),
              HasSubstr("machine 'desk': unknown config 'drivers'"));

  v1::ConfigFragment& drivers = *catalog.add_configs();
  drivers.set_name("drivers");
  drivers.set_content("CONFIG_EXT4_FS=y\n");
  const auto plan = MakePlan(spec, catalog);
  ASSERT_TRUE(plan.ok()) << plan.status();
  EXPECT_THAT(plan->builds, SizeIs(4));
  for (const PlannedVariant& variant : plan->variants) {
    ASSERT_THAT(variant.builds, SizeIs(2));
    const v1::BuildSpec& plain = plan->builds.at(variant.builds[0]);
    const v1::BuildSpec& with = plan->builds.at(variant.builds[1]);
    EXPECT_EQ(with.configs_size(), plain.configs_size() + 1);
    EXPECT_EQ(with.configs(plain.configs_size()).name(), "drivers");
  }
}

TEST(PlanTest, NoMachineMayPassForABoard) {
  v1::Catalog catalog = TestCatalog();
  catalog.mutable_machines(0)->add_tags("board=desk");
  EXPECT_THAT(MakePlan(TestExperiment(), catalog).status().message(),
              HasSubstr("the tag 'board=desk' is the lab's own"));
}

// The names of the patches that a variant with this `series` has.
absl::StatusOr<std::vector<std::string>> PatchesOf(const std::vector<std::string>& series) {
  v1::ExperimentSpec spec = TestExperiment();
  v1::Variant& mine = *spec.add_define();
  mine.set_name("mine");
  mine.set_base("linux-7.3");
  for (const std::string& name : series) mine.add_series(name);
  const auto plan = MakePlan(spec, TestCatalog());
  if (!plan.ok()) return plan.status();
  std::vector<std::string> names;
  for (const v1::Patch& patch : BuildOf(*plan, 2).patches()) names.push_back(patch.name());
  return names;
}

TEST(SeriesTest, ANumberBehindTheNameTakesTheFirstPatches) {
  EXPECT_THAT(*PatchesOf({"rox@1"}), ElementsAre("0001-a.patch"));
  EXPECT_THAT(*PatchesOf({"rox"}), ElementsAre("0001-a.patch", "0002-b.patch"));
}

TEST(SeriesTest, AllPatchesByNumberAreTheSameBuildAsTheWholeSeries) {
  v1::ExperimentSpec spec = TestExperiment();
  v1::Variant& whole = *spec.add_define();
  whole = TestCatalog().variants(1);
  whole.set_name("whole");
  whole.set_series(0, "rox@2");
  const auto plan = MakePlan(spec, TestCatalog());
  ASSERT_TRUE(plan.ok()) << plan.status();
  EXPECT_EQ(plan->variants[1].builds, plan->variants[2].builds);
}

TEST(SeriesTest, ANumberThatIsNoneOfThePatchesIsRefusedAndTheRangeNamed) {
  for (const char* series : {"rox@0", "rox@3", "rox@", "rox@x", "rox@-1", "rox@+1", "rox@ 1",
                             "rox@1@1", "rox@99999999999"}) {
    const auto patches = PatchesOf({series});
    EXPECT_EQ(patches.status().code(), absl::StatusCode::kInvalidArgument) << series;
    EXPECT_THAT(std::string(patches.status().message()),
                AllOf(HasSubstr(absl::StrCat("series '", series, "'")), HasSubstr("1 to 2")));
  }
}

TEST(SeriesTest, AnUnknownSeriesIsNamedWithoutItsNumber) {
  const auto patches = PatchesOf({"rix@1"});
  EXPECT_EQ(patches.status().code(), absl::StatusCode::kNotFound);
  EXPECT_THAT(std::string(patches.status().message()),
              HasSubstr("unknown series 'rix'; did you mean 'rox'?"));
}

TEST(CmdlineTest, WhatTheKernelWouldReadAsTheEndOfItsOptionsIsRefused) {
  for (const char* bad : {"--", "-- x", "quiet -- x", "quiet --", "quiet  --  x", "a \"--\" b"})
    EXPECT_EQ(CheckCmdline(bad).code(), absl::StatusCode::kInvalidArgument) << bad;
  for (const char* good : {"", "quiet", "a=--", "---", "--x"})
    EXPECT_TRUE(CheckCmdline(good).ok()) << good;
}

TEST(CmdlineTest, AMachineIsHeldToItToo) {
  v1::Catalog catalog = TestCatalog();
  catalog.mutable_machines(0)->set_cmdline("rodata=on -- x");
  const absl::Status status = MakePlan(TestExperiment(), catalog).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(status.message()),
              ::testing::HasSubstr(
                  absl::StrCat("machine '", catalog.machines(0).name(), "': cmdline: '--'")));
}

}  // namespace
}  // namespace roxlab
