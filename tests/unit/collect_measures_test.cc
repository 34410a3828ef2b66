// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "runner/collect/measures.h"

namespace roxlab {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::vector<std::string> Shown(const Measures& measures) {
  std::vector<std::string> lines;
  for (const v1::Metric& metric : measures.metrics)
    lines.push_back(absl::StrCat(metric.name(), "=", metric.value(), " ", metric.unit()));
  return lines;
}

TEST(Measures, WhatABoardCannotTellIsMissingAndNotZero) {
  const auto measures = ParseMeasures(
      "perf.cycles events 3276393987.000000\n"
      "missing perf.dtlb_walk the CPU has no such event\n"
      "module_load.p99 us 1234.500000\n");
  ASSERT_TRUE(measures.ok()) << measures.status();
  EXPECT_THAT(Shown(*measures),
              ElementsAre("perf.cycles=3.27639e+09 events", "module_load.p99=1234.5 us"));
  EXPECT_THAT(measures->missing, ElementsAre("perf.dtlb_walk: the CPU has no such event"));
}

TEST(Measures, ANumberThatACommandPrintsAgainIsItsLast) {
  const auto measures = ParseMeasures("command.ops ops/s 1\n");
  EXPECT_FALSE(measures.ok()) << "a unit is a name";
  const auto twice = ParseMeasures("command.ops ops 1\ncommand.time s 2\ncommand.ops ops 3\n");
  ASSERT_TRUE(twice.ok()) << twice.status();
  EXPECT_THAT(Shown(*twice), ElementsAre("command.ops=3 ops", "command.time=2 s"));
}

TEST(Measures, WhatNoProbeOfOursWritesIsNamedWithItsLine) {
  for (const char* bad :
       {"linear.l3_entries entries 1", "perf.cycles events", "perf.cycles events nan",
        "perf.cycles events inf", "perf.cycles events 1 2", "perf.cycles  1", "command. x 1",
        "command.a/b x 1", "missing", "missing linear.l3_entries why", "missing perf.x why",
        "\x1b[2J"}) {
    const auto measures = ParseMeasures(absl::StrCat("board.frequency MHz 1800\n", bad, "\n"));
    EXPECT_TRUE(absl::IsDataLoss(measures.status())) << bad;
    EXPECT_THAT(measures.status().message(), HasSubstr("line 2")) << bad;
  }
  std::string many;
  for (int i = 0; i < 1001; ++i) absl::StrAppend(&many, "command.a", i, " x 1\n");
  EXPECT_TRUE(absl::IsDataLoss(ParseMeasures(many).status()));
}

}  // namespace
}  // namespace roxlab
