// SPDX-License-Identifier: Apache-2.0
#include "server/submit/estimate.h"

#include <algorithm>
#include <cmath>

namespace roxlab {
namespace {

// How long the groups of a lane keep it busy: no less than the longest of them.
double Busy(const std::vector<JobGroup>& groups, const std::string& lane, uint32_t slots) {
  double sum = 0, longest = 0;
  for (const JobGroup& group : groups) {
    if (group.lane != lane || group.count == 0) continue;
    sum += group.count * group.seconds;
    longest = std::max(longest, group.seconds);
  }
  return std::max(sum / slots, longest);
}

}  // namespace

uint32_t EstimateSeconds(const EstimateInput& input) {
  std::map<std::string, double> own;  // By lane.
  auto slots_of = [&](const std::string& lane) {
    const auto found = input.slots.find(lane);
    return found == input.slots.end() ? 1 : std::max(found->second, 1u);
  };
  for (const JobGroup& group : input.own) {
    if (group.count == 0) continue;
    if (group.seconds <= 0) return 0;
    own[group.lane] = Busy(input.own, group.lane, slots_of(group.lane));
  }
  auto before = [&](const std::string& lane) { return Busy(input.before, lane, slots_of(lane)); };
  double built = 0;
  if (input.waits || own.contains(kBuildLane)) built = before(kBuildLane) + own[kBuildLane];
  double end = built;
  for (const auto& [lane, busy] : own)
    if (lane != kBuildLane) end = std::max(end, std::max(built, before(lane)) + busy);
  return static_cast<uint32_t>(std::ceil(std::min(end, 1e9)));
}

}  // namespace roxlab
