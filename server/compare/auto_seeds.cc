// SPDX-License-Identifier: Apache-2.0
#include "server/compare/auto_seeds.h"

#include <algorithm>
#include <limits>
#include <set>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "server/compare/expectations.h"

namespace roxlab {
namespace {

constexpr double kNoInterval = std::numeric_limits<double>::infinity();

// The row with the widest interval of those that the experiment waits for.
struct Widest {
  const v1::ComparisonRow* row = nullptr;
  double width = -1;
};

Widest FindWidest(const v1::ExperimentSpec& spec, const v1::Comparison& comparison) {
  Widest widest;
  for (const v1::ComparisonRow& row : comparison.rows()) {
    auto waits_for = [&](const v1::Expectation& expectation) {
      return expectation.relation() != "equal" && SpeaksOf(expectation, row);
    };
    if (std::none_of(spec.expect().begin(), spec.expect().end(), waits_for)) continue;
    const double width = row.ci95_size() == 2 ? row.ci95(1) - row.ci95(0) : kNoInterval;
    if (width > widest.width) widest = {&row, width};
  }
  return widest;
}

std::string InWords(const Widest& widest, double asked) {
  const std::string width =
      widest.width == kNoInterval ? "none" : absl::StrFormat("%.1f %% wide", widest.width);
  return absl::StrCat("interval of ", widest.row->metric(), " of ", widest.row->variant(),
                      " after ", widest.row->phase(), ": ", width,
                      absl::StrFormat(", %.3g %% asked", asked));
}

}  // namespace

SeedDecision DecideSeeds(const v1::ExperimentSpec& spec, const v1::Comparison& comparison,
                         const std::vector<RunMetrics>& runs) {
  SeedDecision decision;
  if (!spec.has_auto_seeds()) return decision;
  std::set<uint64_t> seeds;
  for (const RunMetrics& run : runs) {
    if (run.verdict != v1::PASS) return decision;
    seeds.insert(run.seed);
  }
  const Widest widest = FindWidest(spec, comparison);
  if (widest.row == nullptr || widest.row->verdict() == v1::ERROR) return decision;
  const v1::AutoSeeds& rule = spec.auto_seeds();
  decision.seeds = seeds.size();
  const size_t left = rule.limit() - std::min<size_t>(rule.limit(), decision.seeds);
  if (widest.width > rule.width_percent()) decision.more = std::min<size_t>(rule.step(), left);
  decision.words = absl::StrCat("seeds: auto, 1-", decision.seeds, " of at most ", rule.limit(),
                                ", ", InWords(widest, rule.width_percent()));
  if (decision.more != 0) absl::StrAppend(&decision.words, ", so ", decision.more, " more");
  return decision;
}

}  // namespace roxlab
