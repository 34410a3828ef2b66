// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "server/submit/estimate.h"

namespace roxlab {
namespace {

TEST(Estimate, BuildsComeFirstAndThenRuns) {
  EXPECT_EQ(EstimateSeconds({.own = {{kBuildLane, 2, 100}, {kRunLane, 16, 10}},
                             .slots = {{kBuildLane, 1}, {kRunLane, 2}}}),
            200u + 80u);
}

TEST(Estimate, WhatIsQueuedComesBefore) {
  const std::map<std::string, uint32_t> slots = {{kBuildLane, 1}, {kRunLane, 1}};
  EXPECT_EQ(
      EstimateSeconds({.before = {{kRunLane, 3, 10}}, .own = {{kRunLane, 1, 10}}, .slots = slots}),
      40u);
  // Others' runs go on while the builds are made.
  EXPECT_EQ(EstimateSeconds({.before = {{kRunLane, 3, 10}, {kBuildLane, 1, 50}},
                             .own = {{kBuildLane, 1, 50}, {kRunLane, 1, 10}},
                             .slots = slots}),
            110u);
  EXPECT_EQ(EstimateSeconds(
                {.before = {{kBuildLane, 5, 50}}, .own = {{kRunLane, 1, 10}}, .slots = slots}),
            10u);
}

TEST(Estimate, ABuildThatIsUnderWayIsWaitedFor) {
  EXPECT_EQ(
      EstimateSeconds({.before = {{kBuildLane, 1, 50}}, .own = {{kRunLane, 1, 10}}, .waits = true}),
      60u);
}

TEST(Estimate, NoSlotsMakeAJobShorterThanItself) {
  EXPECT_EQ(EstimateSeconds({.own = {{kRunLane, 2, 10}}, .slots = {{kRunLane, 100}}}), 10u);
}

TEST(Estimate, BoardsTakeTurnsByThemselves) {
  EXPECT_EQ(EstimateSeconds({.before = {{"desk", 2, 100}},
                             .own = {{"desk", 4, 100}, {"shelf", 4, 10}, {kRunLane, 4, 10}},
                             .slots = {{kRunLane, 4}}}),
            600u);
}

TEST(Estimate, WithoutRunnersItIsAsIfThereWereOneSlot) {
  EXPECT_EQ(EstimateSeconds({.own = {{kRunLane, 4, 10}}, .slots = {{kRunLane, 0}}}), 40u);
}

TEST(Estimate, WhatWasNeverDoneIsNotKnown) {
  EXPECT_EQ(EstimateSeconds({.own = {{kBuildLane, 1, 0}, {kRunLane, 4, 10}}}), 0u);
  EXPECT_EQ(EstimateSeconds({.own = {{kBuildLane, 1, 5}, {kRunLane, 4, 0}}}), 0u);
  EXPECT_EQ(EstimateSeconds({}), 0u);
}

}  // namespace
}  // namespace roxlab
