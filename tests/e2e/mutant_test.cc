// SPDX-License-Identifier: Apache-2.0
//
// Kernels that break a promise of their page tables, and say nothing: each must be caught.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/support/e2e_lab.h"

namespace roxlab {
namespace {

using ::testing::HasSubstr;

struct Mutant {
  const char* name;   // Of the patch on top of rox-cache.
  const char* rule;   // That it breaks.
  const char* phase;  // That shows it first.
};

class MutantTest : public ::testing::TestWithParam<Mutant> {};

// Runs the mutant and what it comes from.
void ExpectCaught(const Mutant& mutant, const std::vector<std::string>& runner_options) {
  LabProcess lab = MakeE2eLab();
  lab.StartServer();
  lab.StartRunner(runner_options);
  const std::string patch =
      absl::StrCat(ROXLAB_SOURCE_DIR "/tests/e2e/data/mutants/", mutant.name, ".patch");
  const CliResult run = lab.Cli({"run", "--series", patch, "--against", "rox-cache", "--seeds", "1",
                                 "--workload", "modules"});
  EXPECT_EQ(run.status, 1) << run.output;
  EXPECT_THAT(run.output, HasSubstr(absl::StrCat("FAIL invariant: snapshot of phase ", mutant.phase,
                                                 ": ", mutant.rule)));
  EXPECT_THAT(run.output, HasSubstr("run rox-cache qemu-bbml3 modules seed 1: PASS"));
}

TEST_P(MutantTest, IsCaughtByAnInvariant) { ExpectCaught(GetParam(), {}); }

TEST_P(MutantTest, IsCaughtThroughKcoreWhereNobodyLooksFromOutside) {
  ExpectCaught(GetParam(), {"--outside-walk=false", "--kcore-walk=true"});
}

INSTANTIATE_TEST_SUITE_P(Each, MutantTest,
                         ::testing::Values(Mutant{"alias-writable", "writable-alias", "loaded"},
                                           Mutant{"restore-forgotten", "stale-read-only",
                                                  "unloaded"},
                                           Mutant{"coalesce-mixed", "writable-alias", "loaded"}),
                         [](const auto& mutant) {
                           std::string name = mutant.param.name;
                           name[name.find('-')] = '_';
                           return name;
                         });

}  // namespace
}  // namespace roxlab
