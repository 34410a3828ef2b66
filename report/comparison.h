// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_REPORT_COMPARISON_H_
#define ROXLAB_REPORT_COMPARISON_H_

#include <string>

#include "roxlab/v1/record.pb.h"

// A comparison as text. The same everywhere: CLI, files, HTTP.
namespace roxlab {

// {"experiment","baseline","rows":[{"variant","machine","workload","phase","metric","unit","n",
// "baseline_median","baseline_mean","median","mean","delta_percent","ci95":[low,high],"p_value",
// "verdict","p_holm"}]}, a row on a line, keys in this order, a newline at the end. null stands for
// a number or interval that there is none of; "verdict" is "PASS", "FAIL", "ERROR" or "NONE".
std::string ComparisonJson(const v1::Comparison& comparison);

struct TableOptions {
  // Every row, instead of those that an expectation speaks of and a few that tell most about the
  // linear map.
  bool all = false;
};

// Aligned columns under a heading for each variant, machine and workload; lines end without
// spaces. Says so where there is nothing to show.
std::string ComparisonTable(const v1::Comparison& comparison, const TableOptions& options = {});

}  // namespace roxlab

#endif  // ROXLAB_REPORT_COMPARISON_H_
