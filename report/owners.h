// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_REPORT_OWNERS_H_
#define ROXLAB_REPORT_OWNERS_H_

#include <string>
#include <vector>

#include "roxlab/v1/attribution.pb.h"

namespace roxlab {

// One moment for people: how much of the linear map is split, by which kinds of memory, and by whom
// most; `all` for every owner.
std::string OwnersText(const v1::Attribution& attribution, bool all);

// The same moment in runs that differ by their seed.
struct OwnersGroup {
  std::string variant, machine, workload, phase;
  std::vector<v1::Attribution> runs;
};

// Means over the seeds, a table for each machine, workload and phase, a row for each variant and
// kind of memory.
std::string OwnersText(const std::vector<OwnersGroup>& groups);
// [{"variant","machine","workload","phase","seeds","entries","alike_entries",
//   "kinds":[{"kind" (as proto/ has it),"blocks","pages","saves","saves_with_above"}]}], all means.
std::string OwnersJson(const std::vector<OwnersGroup>& groups);

}  // namespace roxlab

#endif  // ROXLAB_REPORT_OWNERS_H_
