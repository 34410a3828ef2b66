// SPDX-License-Identifier: Apache-2.0
#include "spec/board_metrics.h"

#include <algorithm>

#include "absl/strings/strip.h"
#include "common/names.h"

namespace roxlab {
namespace {

constexpr absl::string_view kNames[] = {
    "perf.cycles",     "perf.instructions", "perf.l1d_tlb_refill", "perf.l2d_tlb_refill",
    "perf.dtlb_walk",  "perf.itlb_walk",    "module_load.count",   "module_load.p50",
    "module_load.p99", "board.temperature", "board.frequency"};

}  // namespace

std::vector<std::string> BoardMetricNames() { return {std::begin(kNames), std::end(kNames)}; }

bool IsBoardMetric(absl::string_view name) {
  if (absl::ConsumePrefix(&name, "command.")) return IsValidName(name);
  return std::find(std::begin(kNames), std::end(kNames), name) != std::end(kNames);
}

}  // namespace roxlab
