// SPDX-License-Identifier: Apache-2.0
//
// Kernels that check themselves, with ROXLAB_FULL in the environment: KASAN, lockdep, KFENCE and
// checks of page tables in one, free pages unmapped in another, the series' own tests in a third.
// What they find is on the console, and a splat there fails the run.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "tests/support/e2e_lab.h"
#include "tests/support/e2e_run.h"

namespace roxlab {
namespace {

using nlohmann::json;
using ::testing::Combine;
using ::testing::HasSubstr;
using ::testing::Values;

class CheckedKernelsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!FullTests()) GTEST_SKIP() << "needs a kernel of its own: ROXLAB_FULL=1";
    lab_.StartServer();
    lab_.StartRunner();
  }

  LabProcess lab_ = MakeE2eLab();
};

// Variant and workload.
class Checked : public CheckedKernelsTest,
                public ::testing::WithParamInterface<std::tuple<std::string, std::string>> {
 protected:
  json Run() {
    return RunOnce(lab_, std::get<0>(GetParam()), std::get<1>(GetParam()), "qemu-bbml3-patient");
  }
};

std::string NameOf(const ::testing::TestParamInfo<std::tuple<std::string, std::string>>& info) {
  return absl::StrReplaceAll(absl::StrCat(std::get<0>(info.param), "_", std::get<1>(info.param)),
                             {{"-", "_"}});
}

class DebugKernel : public Checked {};

TEST_P(DebugKernel, SaysNothingButThatNoMappingIsWritableAndExecutable) {
  const json run = Run();
  const std::string console = StoredText(lab_, run, "console.log");
  EXPECT_THAT(console, HasSubstr("Checked W+X mappings: passed"));
  EXPECT_THAT(console, HasSubstr("KernelAddressSanitizer initialized (generic)"));
  EXPECT_THAT(console, HasSubstr("Lock dependency validator"));
  EXPECT_THAT(console, HasSubstr("kfence: initialized"));
}

INSTANTIATE_TEST_SUITE_P(Each, DebugKernel,
                         Combine(Values("rox-cache-debug", "rox-cache-rodata-debug"),
                                 Values("modules", "mixed", "churn", "ptdump-race")),
                         NameOf);

class PagesOnly : public Checked {};

// debug_pagealloc unmaps free pages one by one: no block in the linear map, whatever the CPU can
// do, and so no cache.
TEST_P(PagesOnly, TheCacheStaysOff) {
  const json run = Run();
  EXPECT_EQ(Metric(run, "boot", "linear.l2_blocks"), 0);
  EXPECT_EQ(Metric(run, "loaded", "linear.l2_blocks"), 0);
  EXPECT_GT(Metric(run, "loaded", "linear.bytes_ro"), Metric(run, "boot", "linear.bytes_ro"));
  EXPECT_EQ(ExecutableBlocks(lab_, run, "loaded"), ExecutableBlocks(lab_, run, "boot"));
}

INSTANTIATE_TEST_SUITE_P(Each, PagesOnly,
                         Combine(Values("rox-cache-pagealloc", "rox-cache-rodata-pagealloc"),
                                 Values("modules", "mixed")),
                         NameOf);

// What was checked was the cache at work, not a kernel in which an option had turned it off.
TEST_F(CheckedKernelsTest, TheCacheIsOnInTheDebugKernels) {
  for (const char* variant : {"rox-cache-debug", "rox-cache-rodata-debug"}) {
    const json run = RunOnce(lab_, variant, "modules", "qemu-bbml3-patient");
    EXPECT_GT(ExecutableBlocks(lab_, run, "loaded"), ExecutableBlocks(lab_, run, "boot"))
        << variant;
  }
}

TEST_F(CheckedKernelsTest, TheSeriesTestsPassWithBothCaches) {
  const json run = RunOnce(lab_, "rox-cache-rodata-kunit", "kunit");
  EXPECT_EQ(PassedTests(run), 24);
}

}  // namespace
}  // namespace roxlab
