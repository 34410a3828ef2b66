// SPDX-License-Identifier: Apache-2.0
//
// The workloads of kernels/ on the kernels of the lab. With ROXLAB_FULL in the environment also
// those that need kernels of their own.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <nlohmann/json.hpp>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/files.h"
#include "tests/support/e2e_lab.h"

namespace roxlab {
namespace {

using nlohmann::json;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

bool Full() {
  const char* full = std::getenv("ROXLAB_FULL");
  return full != nullptr && *full != '\0';
}

class WorkloadsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    lab_.StartServer();
    lab_.StartRunner();
  }

  // The record of one run with seed 1.
  json Run(const std::string& variant, const std::string& workload,
           const std::string& machine = "qemu-bbml3") {
    lab_.Cli({"submit", "--watch",
              lab_.Write("experiment.yaml",
                         absl::StrCat("name: one\nvariants: ", variant, "\nmachines: ", machine,
                                      "\nworkloads: ", workload, "\nseeds: 1\n"))});
    const json newest = json::parse(lab_.Cli({"show", "--json"}).output)["experiments"][0];
    const json state = json::parse(lab_.Cli({"show", newest["id"], "--json"}).output);
    const json run = json::parse(lab_.Cli({"show", state["runs"][0]["id"], "--json"}).output);
    if (run.value("verdict", "") != "PASS") ADD_FAILURE() << run.dump(1);
    return run;
  }

  // One workload of a single phase "odd" with these steps, beside those of kernels/.
  void Define(const std::string& steps) {
    ASSERT_TRUE(WriteFileAtomically(
                    lab_.home() / "kernels/workloads/odd.yaml",
                    absl::StrCat("name: odd\nphases:\n  - name: odd\n    steps: [", steps, "]\n"))
                    .ok());
    lab_.StopRunner();
    lab_.StopServer();
    lab_.StartServer();
    lab_.StartRunner();
  }

  std::string Raw(const json& run, const std::string& name) {
    for (const json& artifact : run["artifacts"])
      if (artifact["name"] == name)
        return *ReadFile(lab_.home() / "runner/agent/artifacts" /
                         artifact["sha256"].get<std::string>());
    return "";
  }

  LabProcess lab_ = MakeE2eLab();
};

double Metric(const json& run, const std::string& phase, const std::string& metric) {
  for (const json& snapshot : run["snapshots"]) {
    if (snapshot["phase"] != phase) continue;
    for (const json& element : snapshot["metrics"])
      if (element["name"] == metric) return element.value("value", 0.0);
  }
  ADD_FAILURE() << "no " << metric << " after " << phase;
  return -1;
}

// Executable blocks and pages outside the kernel image, which has the only contiguous ones.
std::string Executable(const std::string& dump) {
  std::string lines;
  for (absl::string_view line : absl::StrSplit(dump, '\n'))
    if (absl::StrContains(line, " ro x ") && !absl::StrContains(line, " CON "))
      absl::StrAppend(&lines, line, "\n");
  return lines;
}

TEST_F(WorkloadsTest, ChurnLeavesNothingBehind) {
  const json run = Run("rox-cache", "churn");
  for (const char* metric : {"linear.l3_entries", "linear.bytes_ro", "linear.bytes_rox"})
    EXPECT_EQ(Metric(run, "last", metric), Metric(run, "first", metric)) << metric;
  EXPECT_EQ(Raw(run, "modules.last.txt"), "");
}

TEST_F(WorkloadsTest, WithoutAFreeBlockTheCacheIsMadeOfPages) {
  const json low = Run("rox-cache", "lowmem"), plain = Run("rox-cache", "modules");
  const std::string blocks = Executable(Raw(plain, "ptdump.loaded.txt"));
  EXPECT_THAT(blocks, HasSubstr("2M PMD"));
  // One block is the kernel's own text.
  auto count = [](const std::string& lines) {
    int found = 0;
    for (absl::string_view line : absl::StrSplit(lines, '\n'))
      found += absl::StrContains(line, " PMD ");
    return found;
  };
  EXPECT_EQ(count(Executable(Raw(low, "ptdump.loaded.txt"))),
            count(Executable(Raw(low, "ptdump.boot.txt"))));
  EXPECT_GT(count(blocks), count(Executable(Raw(plain, "ptdump.boot.txt"))));
}

TEST_F(WorkloadsTest, AgedMemorySplitsMoreOfTheLinearMap) {
  const json aged = Run("stock", "aged"), plain = Run("stock", "modules");
  EXPECT_GT(Metric(aged, "loaded", "linear.l3_entries"),
            Metric(plain, "loaded", "linear.l3_entries"));
  EXPECT_EQ(Metric(aged, "aged", "linear.l3_entries"), Metric(aged, "boot", "linear.l3_entries"));
}

TEST_F(WorkloadsTest, KprobesAndBpfProgramsTakeExecutableMemoryAndGiveItBack) {
  const json probes = Run("stock", "kprobes"), bpf = Run("stock", "bpf");
  EXPECT_GT(Metric(probes, "probed", "vmalloc.bytes_rox"),
            Metric(probes, "boot", "vmalloc.bytes_rox"));
  EXPECT_GT(Metric(bpf, "loaded", "vmalloc.bytes_rox"), Metric(bpf, "boot", "vmalloc.bytes_rox"));
  EXPECT_LT(Metric(bpf, "closed", "vmalloc.bytes_rox"), Metric(bpf, "loaded", "vmalloc.bytes_rox"));
}

TEST_F(WorkloadsTest, TheOthersPassOnBothKernels) {
  for (const char* variant : {"stock", "rox-cache"})
    for (const char* workload : {"ftrace", "mixed", "ptdump-race"}) Run(variant, workload);
}

TEST_F(WorkloadsTest, WhatAKernelHasNotIsNamedWithItsOption) {
  Define("kunit: all");
  CliResult result = lab_.Cli(
      {"submit", "--watch",
       lab_.Write("experiment.yaml",
                  "name: x\nvariants: stock\nmachines: qemu-bbml3\nworkloads: odd\nseeds: 1\n")});
  EXPECT_EQ(result.status, 1) << result.output;
  EXPECT_THAT(result.output,
              AllOf(HasSubstr("workload: "), HasSubstr("is CONFIG_KUNIT_DEBUGFS on?")));
}

TEST_F(WorkloadsTest, TheKernelsTestsAreStoredWithTheRun) {
  if (!Full()) GTEST_SKIP() << "needs a kernel of its own: ROXLAB_FULL=1";
  const json run = Run("rox-cache-kunit", "kunit");
  int passed = 0;
  for (const json& test : run["tests"]) passed += test["status"] == "TEST_PASSED";
  EXPECT_GT(passed, 20);
  EXPECT_THAT(lab_.Cli({"show", run["id"]}).output, HasSubstr("arm64"));
}

TEST_F(WorkloadsTest, APhoneLoadsAtLeastOneHundredAndFiftyModules) {
  if (!Full()) GTEST_SKIP() << "needs a kernel of its own: ROXLAB_FULL=1";
  const json run = Run("rox-cache-gki", "modules-gki");
  const std::string loaded = Raw(run, "modules.loaded.txt");
  EXPECT_GE(std::count(loaded.begin(), loaded.end(), '\n'), 150);
  EXPECT_EQ(Raw(run, "modules.unloaded.txt"), "");
}

TEST_F(WorkloadsTest, OtherPageSizesAreCounted) {
  if (!Full()) GTEST_SKIP() << "needs kernels of its own: ROXLAB_FULL=1";
  for (const char* variant : {"stock-16k", "rox-cache-16k", "stock-64k", "rox-cache-64k"})
    EXPECT_GT(Metric(Run(variant, "modules"), "loaded", "linear.l3_entries"), 0) << variant;
}

}  // namespace
}  // namespace roxlab
