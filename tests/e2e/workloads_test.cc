// SPDX-License-Identifier: Apache-2.0
//
// The workloads of kernels/ on the kernels of the lab. With ROXLAB_FULL in the environment also
// those that need kernels of their own.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "absl/strings/str_cat.h"
#include "common/files.h"
#include "tests/support/e2e_lab.h"
#include "tests/support/e2e_run.h"

namespace roxlab {
namespace {

using nlohmann::json;
using ::testing::AllOf;
using ::testing::HasSubstr;

class WorkloadsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    lab_.StartServer();
    lab_.StartRunner();
  }

  json Run(const std::string& variant, const std::string& workload) {
    return RunOnce(lab_, variant, workload);
  }
  std::string Raw(const json& run, const std::string& name) { return StoredText(lab_, run, name); }

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

  LabProcess lab_ = MakeE2eLab();
};

TEST_F(WorkloadsTest, ChurnLeavesNothingBehind) {
  const json run = Run("rox-cache", "churn");
  for (const char* metric : {"linear.l3_entries", "linear.bytes_ro", "linear.bytes_rox"})
    EXPECT_EQ(Metric(run, "last", metric), Metric(run, "first", metric)) << metric;
  EXPECT_EQ(Raw(run, "modules.last.txt"), "");
}

TEST_F(WorkloadsTest, WithoutAFreeBlockTheCacheIsMadeOfPages) {
  const json low = Run("rox-cache", "lowmem"), plain = Run("rox-cache", "modules");
  EXPECT_EQ(ExecutableBlocks(lab_, low, "loaded"), ExecutableBlocks(lab_, low, "boot"));
  EXPECT_GT(ExecutableBlocks(lab_, plain, "loaded"), ExecutableBlocks(lab_, plain, "boot"));
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
  if (!FullTests()) GTEST_SKIP() << "needs a kernel of its own: ROXLAB_FULL=1";
  const json run = Run("rox-cache-kunit", "kunit");
  EXPECT_GT(PassedTests(run), 20);
  EXPECT_THAT(lab_.Cli({"show", run["id"]}).output, HasSubstr("arm64_kernel_mapping."));
}

TEST_F(WorkloadsTest, APhoneLoadsAtLeastOneHundredAndFiftyModules) {
  if (!FullTests()) GTEST_SKIP() << "needs a kernel of its own: ROXLAB_FULL=1";
  const json run = Run("rox-cache-gki", "modules-gki");
  const std::string loaded = Raw(run, "modules.loaded.txt");
  EXPECT_GE(std::count(loaded.begin(), loaded.end(), '\n'), 150);
  EXPECT_EQ(Raw(run, "modules.unloaded.txt"), "");
}

// The cache is there for 4K pages alone. Coalescing is not: it gives back what modules split.
TEST_F(WorkloadsTest, WithOtherPageSizesTheSeriesOnlyGivesBackWhatModulesSplit) {
  if (!FullTests()) GTEST_SKIP() << "needs kernels of its own: ROXLAB_FULL=1";
  const std::pair<std::string, double> sizes[] = {{"16k", 16384}, {"64k", 65536}};
  for (const auto& [size, bytes] : sizes) {
    const json stock = Run(absl::StrCat("stock-", size), "modules");
    const json rox = Run(absl::StrCat("rox-cache-", size), "modules");
    for (const char* phase : {"boot", "loaded"}) {
      const double entries = Metric(stock, phase, "linear.l3_entries");
      EXPECT_EQ(Metric(rox, phase, "linear.l3_entries"), entries) << size << " " << phase;
      // It is tables of this size that were counted.
      EXPECT_EQ(std::fmod(Metric(stock, phase, "linear.table_bytes"), bytes), 0) << size;
      EXPECT_EQ(std::fmod(Metric(rox, phase, "linear.table_bytes"), bytes), 0) << size;
      EXPECT_LE(entries * bytes, 1 << 30) << size << " " << phase;
      EXPECT_GT(entries * bytes, 1 << 20) << size << " " << phase;
    }
    EXPECT_EQ(Metric(rox, "unloaded", "linear.l3_entries"),
              Metric(rox, "boot", "linear.l3_entries"))
        << size;
    EXPECT_EQ(Metric(stock, "unloaded", "linear.l3_entries"),
              Metric(stock, "loaded", "linear.l3_entries"))
        << size;
  }
}

}  // namespace
}  // namespace roxlab
