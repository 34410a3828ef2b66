// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_SERVER_COMPARE_EXPECTATIONS_H_
#define ROXLAB_SERVER_COMPARE_EXPECTATIONS_H_

#include "roxlab/v1/catalog.pb.h"
#include "roxlab/v1/record.pb.h"
#include "server/compare/pairs.h"

namespace roxlab {

// Whether the expectation speaks of the row.
bool SpeaksOf(const v1::Expectation& expectation, const v1::ComparisonRow& row);

// Whether the expectation goes by the interval alone ("evidence: interval").
bool ByIntervalAlone(const v1::Expectation& expectation);

// The fewest seeds with which the expectation could hold at all.
size_t FewestSeeds(const v1::Expectation& expectation);

// Whether the pairs hold what the expectation says. "below" and "above": the mean difference has
// that sign, a 95 % interval leaves out zero (the row's interval of delta_percent, or where that is
// absent because the baseline is zero, the bootstrap interval of the mean difference), and the
// row's p_value is at most kAlpha unless it goes by the interval alone. "equal": each pair is
// equal. Any other word holds never.
//
// p_value is not corrected here: an experiment passes only when all its expectations hold, and
// the chance that all of them do by accident is no larger than that of one (an
// intersection-union test: R. L. Berger, Technometrics 24 (1982)).
bool Holds(const v1::Expectation& expectation, const Pairs& pairs, const v1::ComparisonRow& row);

// The row's verdict, as compare.h says. Unspecified when no expectation speaks of it.
v1::Verdict VerdictOf(const v1::ExperimentSpec& spec, const Pairs& pairs,
                      const v1::ComparisonRow& row);

}  // namespace roxlab

#endif  // ROXLAB_SERVER_COMPARE_EXPECTATIONS_H_
