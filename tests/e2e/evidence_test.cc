// SPDX-License-Identifier: Apache-2.0
//
// What others get to see and to try: reports, the script that does a run again, and builds that are
// the same wherever and after whatever they are made.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <nlohmann/json.hpp>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/files.h"
#include "runner/build/execute_build.h"
#include "server/submit/plan.h"
#include "spec/catalog.h"
#include "tests/support/e2e_lab.h"
#include "tests/support/e2e_run.h"
#include "tests/support/memory_job_context.h"

namespace roxlab {
namespace {
namespace fs = std::filesystem;

using nlohmann::json;
using ::testing::HasSubstr;
using ::testing::Not;

class EvidenceTest : public ::testing::Test {
 protected:
  void SetUp() override {
    lab_.StartServer();
    lab_.StartRunner();
    CliResult run =
        lab_.Cli({"submit", "--watch",
                  lab_.Write("evidence.yaml",
                             "name: evidence\nvariants: [stock, rox-cache]\nmachines: qemu-bbml3\n"
                             "workloads: modules\nseeds: 1-2\n")});
    ASSERT_EQ(run.status, 0) << run.output;
    id_ = json::parse(lab_.Cli({"show", "--json"}).output)["experiments"][0]["id"];
  }

  // The id of a passed run of the variant.
  std::string RunOf(const std::string& variant) {
    const json state = json::parse(lab_.Cli({"show", id_, "--json"}).output);
    for (const json& run : state["runs"])
      if (run["variant"] == variant && run["verdict"] == "PASS") return run["id"];
    return "";
  }

  LabProcess lab_ = MakeE2eLab();
  std::string id_;
};

// A clean build from the base's sources, outside the lab, to the same dumps; only the download is
// left out, and the compiler's work that its cache knows.
TEST_F(EvidenceTest, TheScriptThatDoesARunAgainFindsTheSameDumps) {
  const CliResult printed = lab_.Cli({"reproduce", RunOf("rox-cache")});
  ASSERT_EQ(printed.status, 0) << printed.output;
  const std::string script = lab_.Write("reproduce.sh", printed.output);
  const fs::path work = lab_.home() / "reproduced";
  ASSERT_TRUE(RemoveTree(work).ok());
  Command command{.argv = {"sh", script}};
  command.environment = {{"BASE", (CacheDirectory() / "bases/linux-7.3.git").string()},
                         {"CCACHE_DIR", (CacheDirectory() / "ccache").string()},
                         {"WORK", work.string()}};
  absl::StatusOr<ProcessResult> result = RunProcess(command);
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_EQ(result->exit_code, 0) << result->output;
  const std::vector<std::string> lines = absl::StrSplit(result->output, '\n');
  EXPECT_EQ(std::count_if(lines.begin(), lines.end(),
                          [](const std::string& line) { return line.ends_with("  same"); }),
            3)
      << result->output;
  // Compiler, QEMU, Image, modules and initramfs are those of the run, too.
  EXPECT_THAT(result->output, Not(HasSubstr("note:")));

  // And it can say no: another seed in the same script.
  const size_t seed = printed.output.find("-seed 1 ");
  ASSERT_NE(seed, std::string::npos);
  std::string other = printed.output;
  other[seed + 6] = '2';
  command.argv = {"sh", lab_.Write("reproduce.sh", other)};
  fs::remove(work / "done.booted");
  result = RunProcess(command);
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_EQ(result->exit_code, 1) << result->output;
  EXPECT_THAT(result->output, HasSubstr("DIFFERENT"));
  EXPECT_TRUE(RemoveTree(work).ok());
}

TEST_F(EvidenceTest, AReportNamesWhatItWasMeasuredWith) {
  const CliResult text = lab_.Cli({"report", id_});
  ASSERT_EQ(text.status, 0) << text.output;
  for (const char* part : {"QEMU emulator version", "aarch64-linux-gnu-gcc", "git tree ",
                           "linear.l3_entries", "roxlab reproduce "})
    EXPECT_THAT(text.output, HasSubstr(part));
  EXPECT_THAT(lab_.Cli({"report", id_, "--format", "html"}).output, HasSubstr("</html>"));
  EXPECT_THAT(lab_.Cli({"report", id_, "--format", "csv"}).output, HasSubstr("variant,machine,"));
  EXPECT_EQ(json::parse(lab_.Cli({"report", id_, "--format", "json"}).output)["experiment"]["id"],
            id_);
  EXPECT_EQ(lab_.Cli({"report", id_, "--format", "pdf"}).status, 2);
}

TEST_F(EvidenceTest, WhoSplitsTheLinearMapIsKnownByName) {
  auto loaded = [this](const std::string& variant) {
    return json::parse(
        lab_.Cli({"owners", RunOf(variant), "--phase", "loaded", "--json"}).output)["phases"][0];
  };
  const json stock = loaded("stock");
  std::map<std::string, int> text_pages;
  for (const json& owner : stock["owners"])
    if (owner["kind"] == "MODULE_TEXT")
      text_pages[owner["name"]] = std::stoi(owner["pages"].get<std::string>());
  // A large module and a small one; OTHER_EXECUTABLE would mean that a page has no name.
  EXPECT_GT(text_pages["jfs"], 20);
  EXPECT_GE(text_pages["fat"], 1);
  for (const json& kind : stock["kinds"]) EXPECT_NE(kind["kind"], "OTHER_EXECUTABLE");

  // Text is in blocks of its own with the series, and splits nothing.
  const json rox = loaded("rox-cache");
  for (const json& kind : rox["kinds"]) EXPECT_NE(kind["kind"], "MODULE_TEXT");
  const json run = json::parse(lab_.Cli({"show", RunOf("rox-cache"), "--json"}).output);
  EXPECT_EQ(std::stod(rox["entries"].get<std::string>()),
            Metric(run, "loaded", "linear.l3_entries"));

  EXPECT_THAT(lab_.Cli({"owners", id_}).output, HasSubstr("nothing any more"));
  const CliResult wrong = lab_.Cli({"owners", id_, "--phase", "lodaed"});
  EXPECT_EQ(wrong.status, 2);
  EXPECT_THAT(wrong.output, HasSubstr("after phase 'lodaed'"));
}

TEST_F(EvidenceTest, WhatCannotBeDoneAgainSaysWhy) {
  EXPECT_EQ(lab_.Cli({"reproduce", "nothing-1"}).status, 2);
  const CliResult queued = lab_.Cli({"reproduce", absl::StrCat(id_, "-99")});
  EXPECT_EQ(queued.status, 2);
  EXPECT_THAT(queued.output, HasSubstr("no run"));
}

// One build in `cache`, by the same code as the runner's.
JobResult BuildIn(const fs::path& cache, const v1::BuildSpec& spec, MemoryJobContext& context) {
  v1::BuildJob job;
  job.set_build("test");
  *job.mutable_spec() = spec;
  BuildSettings settings{.cache = cache};
  settings.make_jobs = 2;
  return ExecuteBuild(job, settings, context);
}

// The warm tree goes from one variant to the other and back, so that its build is as incremental as
// can be; the clean one begins with nothing but the imported base, and a compiler cache of its own
// that is empty at first.
TEST(ReproducibleBuilds, AWarmTreeAndACleanOneGiveTheSameBytes) {
  if (!FullTests()) GTEST_SKIP() << "two clean builds take minutes: ./lab test --full";
  const absl::StatusOr<v1::Catalog> catalog = LoadCatalog(ROXLAB_SOURCE_DIR "/kernels");
  ASSERT_TRUE(catalog.ok()) << catalog.status();
  v1::ExperimentSpec spec;
  spec.set_name("builds");
  for (const char* variant : {"rox-cache", "stock"}) spec.add_variants(variant);
  spec.add_machines("qemu-bbml3");
  spec.add_workloads("modules");
  spec.add_seeds("1");
  const absl::StatusOr<Plan> plan = MakePlan(spec, *catalog);
  ASSERT_TRUE(plan.ok()) << plan.status();
  absl::StatusOr<TempDir> clean = TempDir::Make(CacheDirectory(), "clean-");
  ASSERT_TRUE(clean.ok()) << clean.status();
  fs::create_directory_symlink(CacheDirectory() / "bases", clean->path() / "bases");
  for (const PlannedVariant& variant : plan->variants) {
    const v1::BuildSpec& build = plan->builds.at(variant.builds[0]);
    MemoryJobContext warm, cold;
    const JobResult first = BuildIn(CacheDirectory(), build, warm);
    ASSERT_EQ(first.verdict(), v1::PASS) << first.failure().DebugString();
    ASSERT_TRUE(RemoveTree(clean->path() / "trees").ok());
    const JobResult second = BuildIn(clean->path(), build, cold);
    ASSERT_EQ(second.verdict(), v1::PASS) << second.failure().DebugString();
    for (const char* name : {"Image", "modules.cpio", "System.map", "config"})
      EXPECT_TRUE(warm.stored.at(name) == cold.stored.at(name)) << variant.name << ": " << name;
  }
}

}  // namespace
}  // namespace roxlab
