// SPDX-License-Identifier: Apache-2.0
//
// The lab as a person has it: the real binaries, real kernels, real QEMU. All tests share one home
// and the cache, so that a kernel is built once.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <future>
#include <nlohmann/json.hpp>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/strip.h"
#include "absl/time/clock.h"
#include "common/files.h"
#include "tests/support/e2e_lab.h"
#include "tests/support/e2e_run.h"

namespace roxlab {
namespace {
namespace fs = std::filesystem;

using nlohmann::json;
using ::testing::AnyOf;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kData[] = ROXLAB_SOURCE_DIR "/tests/e2e/data/";

class LabTest : public ::testing::Test {
 protected:
  void SetUp() override {
    lab_.StartServer();
    lab_.StartRunner();
  }

  // Hands an experiment in and waits for its end.
  CliResult Experiment(const std::string& yaml) {
    return lab_.Cli({"submit", "--watch", lab_.Write("experiment.yaml", yaml)});
  }

  // Under a name of its own, since the lab will not trust it any more.
  void StartBrokenRunner(std::vector<std::string> options) {
    options.insert(options.end(),
                   {"--name", absl::StrCat("broken-", absl::ToUnixMicros(absl::Now()))});
    lab_.StartRunner(options);
  }

  // One run of the fault kernel.
  CliResult Fault(const std::string& what) {
    return lab_.Cli({"run", "--series", absl::StrCat(kData, "fault.patch"), "--seeds", "1",
                     "--workload", "boot", "--machine", "impatient", "--cmdline",
                     absl::StrCat("roxlab_fault=", what)});
  }

  std::string Newest() { return ListNewest()["id"]; }
  json ListNewest() { return json::parse(lab_.Cli({"show", "--json"}).output)["experiments"][0]; }
  json Show(const std::string& id) { return json::parse(lab_.Cli({"show", id, "--json"}).output); }

  LabProcess lab_ = MakeE2eLab();
};

TEST_F(LabTest, TheRoxCacheNeedsFewerLevel3EntriesThanStock) {
  CliResult watched = lab_.Cli({"submit", "--watch", "rox-vs-stock"});
  EXPECT_EQ(watched.status, 0) << watched.output;
  CliResult compared = lab_.Cli({"compare", Newest(), "--json"});
  ASSERT_EQ(compared.status, 0) << compared.output;
  json comparison = json::parse(compared.output);
  EXPECT_EQ(comparison["baseline"], "stock");
  int judged = 0;
  for (const json& row : comparison["rows"]) {
    EXPECT_EQ(row.size(), 16u);
    if (row["metric"] != "linear.l3_entries" || row["phase"] != "loaded") continue;
    ++judged;
    EXPECT_EQ(row["variant"], "rox-cache");
    EXPECT_EQ(row["n"], 8);
    EXPECT_EQ(row["verdict"], "PASS");
    EXPECT_LT(row["mean"], row["baseline_mean"]);
    EXPECT_LT(row["ci95"][1], 0.0);
  }
  EXPECT_EQ(judged, 1);
}

TEST_F(LabTest, EveryModuleIsLoadedAndUnloadedAndThereAreMany) {
  CliResult run = Experiment(
      "name: one\nvariants: stock\nmachines: qemu-bbml3\nworkloads: modules\nseeds: 1\n");
  ASSERT_EQ(run.status, 0) << run.output;
  json state = Show(Newest());
  const json one = Show(state["runs"][0]["id"]);
  const std::string loaded = StoredText(lab_, one, "modules.loaded.txt");
  EXPECT_GE(std::count(loaded.begin(), loaded.end(), '\n'), 60);
  EXPECT_EQ(StoredText(lab_, one, "modules.unloaded.txt"), "");
}

TEST_F(LabTest, TheSameSeedGivesTheSameDumpsByteForByteAndAnotherSeedOthers) {
  const std::string yaml =
      "name: same\nvariants: rox-cache\nmachines: qemu-bbml3\nworkloads: modules\nseeds: ";
  auto dumps = [&](const char* seeds) {
    CliResult run = Experiment(absl::StrCat(yaml, seeds, "\n"));
    EXPECT_EQ(run.status, 0) << run.output;
    std::vector<std::string> hashes;
    const std::string id = Show(Newest())["runs"][0]["id"];
    const json run_record = Show(id);
    for (const json& snapshot : run_record["snapshots"])
      hashes.push_back(snapshot["raw"]["sha256"]);
    return hashes;
  };
  std::vector<std::string> first = dumps("3");
  EXPECT_EQ(first.size(), 6u);  // Three phases, each read twice.
  EXPECT_EQ(first, dumps("3"));
  EXPECT_NE(first, dumps("4"));
}

TEST_F(LabTest, WithoutBbml3TheSeriesChangesNothing) {
  CliResult run = Experiment(
      "name: no-bbml3\nvariants: [stock, rox-cache]\nbaseline: stock\nmachines: qemu-no-bbml3\n"
      "workloads: boot\nseeds: 1-2\nexpect:\n"
      "  - {variant: rox-cache, metric: linear.l3_entries, phase: boot, relation: equal}\n");
  EXPECT_EQ(run.status, 0) << run.output;
}

TEST_F(LabTest, TheSameVariantAgainIsNotBuiltAgain) {
  const std::string yaml =
      "name: again\nvariants: stock\nmachines: qemu-bbml3\nworkloads: boot\nseeds: 1\n";
  ASSERT_EQ(Experiment(yaml).status, 0);
  EXPECT_THAT(Experiment(yaml).output, HasSubstr("1 builds (1 known)"));
}

TEST_F(LabTest, APatchThatDoesNotApplyIsNamedWithFileAndHunk) {
  CliResult run = lab_.Cli({"run", "--series", absl::StrCat(kData, "no-apply.patch"), "--seeds",
                            "1", "--workload", "boot"});
  EXPECT_EQ(run.status, 1) << run.output;
  EXPECT_THAT(run.output, HasSubstr("patch 1 of 1 (no-apply.patch) does not apply: "
                                    "kernel/ksysfs.c, hunk 1 (line 216)"));
}

TEST_F(LabTest, ASymbolThatVanishedIsNamedWithWantedAndGot) {
  const std::string fragment = lab_.Write("more.config", "CONFIG_KASAN_HW_TAGS=y\n");
  CliResult run = lab_.Cli({"run", "--config", fragment, "--seeds", "1", "--workload", "boot"});
  EXPECT_EQ(run.status, 1) << run.output;
  EXPECT_THAT(run.output, HasSubstr("CONFIG_KASAN_HW_TAGS: wanted y, got n"));
}

TEST_F(LabTest, ACompileErrorIsShownFirstAndTheWholeLogIsKept) {
  CliResult run = lab_.Cli({"run", "--series", absl::StrCat(kData, "no-compile.patch"), "--seeds",
                            "1", "--workload", "boot"});
  EXPECT_EQ(run.status, 1) << run.output;
  EXPECT_THAT(run.output, HasSubstr("kernel/ksysfs.c:219:"));
  EXPECT_THAT(run.output, HasSubstr("error: 'roxlab_has_no_such_name' undeclared"));
  const json state = Show(Newest());
  int failed = 0;
  for (const json& build : state["builds"]) {
    if (build["verdict"] != "FAIL") continue;
    ++failed;
    const std::string id = build["id"];
    EXPECT_THAT(lab_.Cli({"log", id}).output, HasSubstr("CC      kernel/ksysfs.o"));
  }
  EXPECT_EQ(failed, 1);
}

TEST_F(LabTest, AKernelThatPanicsIsAPanic) {
  CliResult run = Fault("panic");
  EXPECT_EQ(run.status, 1) << run.output;
  EXPECT_THAT(run.output, HasSubstr("panic: "));
  EXPECT_THAT(run.output, HasSubstr("roxlab_fault: a panic was asked for"));
}

TEST_F(LabTest, AKernelThatOopsesIsAnOops) {
  CliResult run = Fault("oops");
  EXPECT_EQ(run.status, 1) << run.output;
  EXPECT_THAT(run.output, HasSubstr("oops: "));
  EXPECT_THAT(run.output, HasSubstr("roxlab_fault_strike"));
}

TEST_F(LabTest, AKernelThatWarnsFailsAlthoughItCarriesOn) {
  CliResult run = Fault("warn");
  EXPECT_EQ(run.status, 1) << run.output;
  EXPECT_THAT(run.output, HasSubstr("warn: "));
  EXPECT_THAT(run.output, HasSubstr("roxlab_fault: a warning was asked for"));
}

TEST_F(LabTest, AKernelThatHangsIsATimeout) {
  CliResult run = Fault("hang");
  EXPECT_EQ(run.status, 1) << run.output;
  EXPECT_THAT(run.output, HasSubstr("timeout: "));
}

TEST_F(LabTest, AKernelThatSaysNothingIsATimeoutBeforeTheProbe) {
  CliResult run = Fault("noboot");
  EXPECT_EQ(run.status, 1) << run.output;
  EXPECT_THAT(run.output, HasSubstr("before the probe started"));
}

TEST_F(LabTest, UnknownNamesOfferTheNearest) {
  auto expect = [&](const std::string& yaml, const std::string& message) {
    CliResult run = Experiment(yaml);
    EXPECT_EQ(run.status, 2) << run.output;
    EXPECT_THAT(run.output, HasSubstr(message));
  };
  expect("name: x\nvariants: stok\nmachines: qemu-bbml3\nworkloads: boot\nseeds: 1\n",
         "unknown variant 'stok'; did you mean 'stock'?");
  expect("name: x\nvariants: stock\nmachines: qemu-bbml\nworkloads: boot\nseeds: 1\n",
         "unknown machine 'qemu-bbml'; did you mean 'qemu-bbml3'");
  expect("name: x\nvariants: stock\nmachines: qemu-bbml3\nworkloads: bot\nseeds: 1\n",
         "unknown workload 'bot'; did you mean 'boot'");
  expect(
      "name: x\ndefine: {name: v, base: linux-7.3x}\nmachines: qemu-bbml3\nworkloads: boot\n"
      "seeds: 1\n",
      "unknown base 'linux-7.3x'; did you mean 'linux-7.3'");
  EXPECT_THAT(lab_.Cli({"submit", "rox-vs-stok"}).output,
              HasSubstr("unknown experiment 'rox-vs-stok'; did you mean 'rox-vs-stock'"));
}

TEST_F(LabTest, MalformedYamlIsNamedWithFileAndLine) {
  CliResult run = Experiment("name: x\nvariants: [stock\n");
  EXPECT_EQ(run.status, 2);
  EXPECT_THAT(run.output, HasSubstr("experiment.yaml:"));
  run = Experiment("name: x\nvariant: stock\n");
  EXPECT_THAT(run.output, HasSubstr("experiment.yaml:2: unknown key 'variant'"));
}

TEST_F(LabTest, AMissingToolIsTheLabsErrorAndNamesItsPackage) {
  lab_.StopRunner();
  StartBrokenRunner({"--qemu", "qemu-system-none"});
  CliResult run =
      Experiment("name: tool\nvariants: stock\nmachines: qemu-bbml3\nworkloads: boot\nseeds: 1\n");
  EXPECT_EQ(run.status, 3) << run.output;
  EXPECT_THAT(run.output, HasSubstr("missing tool 'qemu-system-none'"));
  EXPECT_THAT(run.output, HasSubstr("qemu-system-arm"));
}

TEST_F(LabTest, NoDiskSpaceIsTheLabsErrorAndNothingIsBuilt) {
  lab_.StopRunner();
  StartBrokenRunner({"--min-free-mib", "4000000000"});
  // A command line is no part of a build, so a configuration line makes it a new one.
  const std::string fragment =
      lab_.Write("unique.config",
                 absl::StrCat("CONFIG_LOCALVERSION=\"-", absl::ToUnixMicros(absl::Now()), "\"\n"));
  CliResult run = lab_.Cli({"run", "--config", fragment, "--seeds", "1", "--workload", "boot"});
  EXPECT_EQ(run.status, 3) << run.output;
  EXPECT_THAT(run.output, HasSubstr("no disk space"));
}

TEST_F(LabTest, AServerThatIsAwayIsSaidWithWhatToDo) {
  lab_.StopServer();
  CliResult run = lab_.Cli({"runners"});
  EXPECT_EQ(run.status, 4) << run.output;
  EXPECT_THAT(run.output, HasSubstr("No server answers at"));
}

TEST_F(LabTest, WorkThatWaitsForARunnerSaysSo) {
  lab_.StopRunner();
  lab_.StopServer();
  lab_.StartServer();
  auto watching = std::async(std::launch::async, [this] {
    return Experiment(
        "name: lonely\nvariants: stock\nmachines: qemu-bbml3\nworkloads: boot\nseeds: 1\n");
  });
  const absl::Time limit = absl::Now() + absl::Seconds(60);
  while (ListNewest()["name"] != "lonely" && absl::Now() < limit) {
  }
  ASSERT_EQ(lab_.Cli({"cancel", Newest()}).status, 0);
  EXPECT_THAT(watching.get().output, HasSubstr("no runner is online"));
}

TEST_F(LabTest, WorkThatWaitsForAPausedRunnerSaysSo) {
  lab_.StopRunner();
  StartBrokenRunner({});
  std::string runner;
  const absl::Time limit = absl::Now() + absl::Seconds(60);
  while (runner.empty() && absl::Now() < limit) {
    const json runners = json::parse(lab_.Cli({"runners", "--json"}).output);
    for (const json& one : runners.value("runners", json::array()))
      if (one.value("online", false) && absl::StartsWith(std::string(one["name"]), "broken-"))
        runner = one["name"];
  }
  ASSERT_EQ(lab_.Cli({"runner", "pause", runner, "--reason", "new disk"}).status, 0);
  auto watching = std::async(std::launch::async, [this] {
    return Experiment(
        "name: patient\nvariants: stock\nmachines: qemu-bbml3\nworkloads: boot\nseeds: 1\n");
  });
  while (ListNewest()["name"] != "patient" && absl::Now() < limit) {
  }
  ASSERT_EQ(lab_.Cli({"cancel", Newest()}).status, 0);
  EXPECT_THAT(watching.get().output,
              HasSubstr(absl::StrCat("no runner takes work; ", runner, " is paused: new disk")));
}

TEST_F(LabTest, ARunnerKilledInMidRunLosesNothing) {
  const std::string id(absl::StripAsciiWhitespace(
      lab_.Cli({"submit", lab_.Write("experiment.yaml",
                                     "name: killed\nvariants: stock\nmachines: qemu-bbml3\n"
                                     "workloads: modules\nseeds: 1-4\n")})
          .output));
  const absl::Time limit = absl::Now() + absl::Minutes(20);
  while (Show(id)["experiment"]["runs"]["running"] == 0 && absl::Now() < limit)
    absl::SleepFor(absl::Milliseconds(20));
  lab_.runner().Kill();
  lab_.StartRunner();
  CliResult watched = lab_.Cli({"watch", id});
  EXPECT_EQ(watched.status, 0) << watched.output;
  EXPECT_EQ(Show(id)["experiment"]["runs"]["passed"], 4);
}

TEST_F(LabTest, AServerKilledInMidExperimentCarriesOn) {
  const std::string id(absl::StripAsciiWhitespace(
      lab_.Cli({"submit", lab_.Write("experiment.yaml",
                                     "name: restarted\nvariants: stock\nmachines: qemu-bbml3\n"
                                     "workloads: modules\nseeds: 1-4\n")})
          .output));
  const absl::Time limit = absl::Now() + absl::Minutes(20);
  while (Show(id)["experiment"]["runs"]["running"] == 0 && absl::Now() < limit)
    absl::SleepFor(absl::Milliseconds(20));
  lab_.server().Kill();
  lab_.StartServer();
  lab_.StartRunner();  // The server's port is another one now.
  CliResult watched = lab_.Cli({"watch", id});
  EXPECT_EQ(watched.status, 0) << watched.output;
}

TEST_F(LabTest, ACancelledExperimentEndsCancelled) {
  const std::string id(absl::StripAsciiWhitespace(
      lab_.Cli({"submit", lab_.Write("experiment.yaml",
                                     "name: cancelled\nvariants: stock\nmachines: qemu-bbml3\n"
                                     "workloads: modules\nseeds: 1-50\n")})
          .output));
  EXPECT_EQ(lab_.Cli({"cancel", id}).status, 0);
  CliResult watched = lab_.Cli({"watch", id});
  EXPECT_EQ(watched.status, 5) << watched.output;
}

}  // namespace
}  // namespace roxlab
