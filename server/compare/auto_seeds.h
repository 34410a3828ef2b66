// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_SERVER_COMPARE_AUTO_SEEDS_H_
#define ROXLAB_SERVER_COMPARE_AUTO_SEEDS_H_

#include <cstddef>
#include <string>
#include <vector>

#include "roxlab/v1/record.pb.h"
#include "server/compare/compare.h"

namespace roxlab {

struct SeedDecision {
  size_t seeds = 0;   // That there are: 1 to this.
  size_t more = 0;    // To be added: those that follow. 0: there are enough, or no more will help.
  std::string words;  // One line for people; empty when nothing was decided.
};

// What an experiment with "auto" seeds (AutoSeeds in catalog.proto) does once all its runs have
// ended, from the comparison that Compare() made of the same `spec` and `runs`. Decides nothing for
// other experiments, or when a run did not pass or has not the value: then that is what has to be
// said.
SeedDecision DecideSeeds(const v1::ExperimentSpec& spec, const v1::Comparison& comparison,
                         const std::vector<RunMetrics>& runs);

}  // namespace roxlab

#endif  // ROXLAB_SERVER_COMPARE_AUTO_SEEDS_H_
