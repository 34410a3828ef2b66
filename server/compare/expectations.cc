// SPDX-License-Identifier: Apache-2.0
#include "server/compare/expectations.h"

#include <optional>

#include "server/compare/stats.h"

namespace roxlab {
namespace {

std::optional<Interval> IntervalOf(const Pairs& pairs, const v1::ComparisonRow& row) {
  if (row.ci95_size() == 2) return Interval{row.ci95(0), row.ci95(1)};
  return MeanInterval(pairs.Differences());
}

}  // namespace

bool SpeaksOf(const v1::Expectation& expectation, const v1::ComparisonRow& row) {
  return expectation.variant() == row.variant() && expectation.metric() == row.metric() &&
         expectation.phase() == row.phase() &&
         (expectation.machine().empty() || expectation.machine() == row.machine()) &&
         (expectation.workload().empty() || expectation.workload() == row.workload());
}

bool ByIntervalAlone(const v1::Expectation& expectation) {
  return expectation.evidence() == "interval";
}

size_t FewestSeeds(const v1::Expectation& expectation) {
  if (expectation.relation() == "equal") return 1;
  return ByIntervalAlone(expectation) ? 2 : kFewestPairs;
}

bool Holds(const v1::Expectation& expectation, const Pairs& pairs, const v1::ComparisonRow& row) {
  const std::string& relation = expectation.relation();
  if (relation == "equal") return !pairs.values.empty() && pairs.values == pairs.baseline;
  std::optional<Interval> interval = IntervalOf(pairs, row);
  if (!interval) return false;
  if (!ByIntervalAlone(expectation) && row.p_value() > kAlpha) return false;
  double mean = Mean(pairs.Differences());
  if (relation == "below") return mean < 0 && interval->high < 0;
  if (relation == "above") return mean > 0 && interval->low > 0;
  return false;
}

v1::Verdict VerdictOf(const v1::ExperimentSpec& spec, const Pairs& pairs,
                      const v1::ComparisonRow& row) {
  v1::Verdict verdict = v1::VERDICT_UNSPECIFIED;
  for (const v1::Expectation& expectation : spec.expect()) {
    if (!SpeaksOf(expectation, row)) continue;
    if (pairs.missing) return v1::ERROR;
    if (pairs.pending) return v1::VERDICT_UNSPECIFIED;
    if (pairs.values.empty()) return v1::ERROR;
    if (!Holds(expectation, pairs, row)) return v1::FAIL;
    verdict = v1::PASS;
  }
  return verdict;
}

}  // namespace roxlab
