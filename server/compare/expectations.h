// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_SERVER_COMPARE_EXPECTATIONS_H_
#define ROXLAB_SERVER_COMPARE_EXPECTATIONS_H_

#include "roxlab/v1/catalog.pb.h"
#include "roxlab/v1/record.pb.h"
#include "server/compare/pairs.h"

namespace roxlab {

// Whether the expectation speaks of the row.
bool SpeaksOf(const v1::Expectation& expectation, const v1::ComparisonRow& row);

// Whether the pairs hold what `relation` says. "below" and "above": the mean difference has that
// sign and a 95 % interval leaves out zero: the row's interval of delta_percent, or where that is
// absent because the baseline is zero, the bootstrap interval of the mean difference. One pair has
// no interval and so holds neither. "equal": each pair is equal. Any other word holds never.
bool Holds(absl::string_view relation, const Pairs& pairs, const v1::ComparisonRow& row);

// The row's verdict, as compare.h says. Unspecified when no expectation speaks of it.
v1::Verdict VerdictOf(const v1::ExperimentSpec& spec, const Pairs& pairs,
                      const v1::ComparisonRow& row);

}  // namespace roxlab

#endif  // ROXLAB_SERVER_COMPARE_EXPECTATIONS_H_
