// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <map>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "server/compare/compare.h"
#include "server/compare/expectations.h"
#include "server/compare/stats.h"

namespace roxlab {
namespace {

// "3 of 16 runs failed (rox-cache on qemu-bbml3, modules: 3 of 8)", or nothing.
std::string RunsThatEnded(const std::vector<RunMetrics>& runs, v1::Verdict verdict,
                          absl::string_view how) {
  struct Count {
    int of_verdict = 0;
    int all = 0;
  };
  Count total;
  std::map<std::string, Count> by_place;
  for (const RunMetrics& run : runs) {
    Count& place = by_place[absl::StrCat(run.variant, " on ", run.machine, ", ", run.workload)];
    for (Count* count : {&total, &place}) {
      ++count->all;
      if (run.verdict == verdict) ++count->of_verdict;
    }
  }
  if (total.of_verdict == 0) return "";
  std::vector<std::string> places;
  for (const auto& [name, count] : by_place)
    if (count.of_verdict != 0)
      places.push_back(absl::StrCat(name, ": ", count.of_verdict, " of ", count.all));
  return absl::StrCat(total.of_verdict, " of ", total.all, " runs ", how, " (",
                      absl::StrJoin(places, "; "), ")");
}

// "8 of 8 seeds lower", "4 of 8 seeds lower, 3 equal, 1 higher".
std::string SeedsInWords(const std::vector<double>& differences) {
  size_t lower = 0;
  size_t higher = 0;
  for (double difference : differences) {
    if (difference < 0) ++lower;
    if (difference > 0) ++higher;
  }
  const size_t n = differences.size();
  const size_t equal = n - lower - higher;
  if (equal == n) return absl::StrCat("all of ", n, " seeds equal");
  const bool fewer = lower >= higher;
  std::string words =
      absl::StrCat(fewer ? lower : higher, " of ", n, " seeds ", fewer ? "lower" : "higher");
  if (equal != 0) absl::StrAppend(&words, ", ", equal, " equal");
  if (const size_t rest = fewer ? higher : lower; rest != 0)
    absl::StrAppend(&words, ", ", rest, fewer ? " higher" : " lower");
  return words;
}

// "rox-cache: linear.l3_entries after loaded -15.2 % [-18.1, -12.0], p = 0.0078, 8 of 8 seeds
// lower".
std::string RowInWords(const v1::ComparisonRow& row, const Pairs& pairs) {
  std::string words = absl::StrCat(row.variant(), ": ", row.metric(), " after ", row.phase());
  if (row.n() == 0) return absl::StrCat(words, " has no values");
  if (row.has_delta_percent())
    absl::StrAppendFormat(&words, " %+.1f %%", row.delta_percent());
  else
    absl::StrAppendFormat(&words, " %g instead of %g", row.mean(), row.baseline_mean());
  if (row.ci95_size() == 2)
    absl::StrAppendFormat(&words, " [%.1f, %.1f]", row.ci95(0), row.ci95(1));
  if (row.has_p_value()) absl::StrAppendFormat(&words, ", p = %.2g", row.p_value());
  return absl::StrCat(words, ", ", SeedsInWords(pairs.Differences()));
}

// What was expected of the row and is not so.
std::string Unmet(const v1::ExperimentSpec& spec, const v1::ComparisonRow& row,
                  const Pairs& pairs) {
  for (const v1::Expectation& expectation : spec.expect()) {
    if (!SpeaksOf(expectation, row) || Holds(expectation, pairs, row)) continue;
    const std::string expected = absl::StrCat("expected ", expectation.relation(), " the baseline");
    if (const size_t fewest = FewestSeeds(expectation); row.n() < fewest)
      return absl::StrCat(expected, ", which takes at least ", fewest, " seeds to show: ");
    const bool only_p = !ByIntervalAlone(expectation) && row.p_value() > kAlpha;
    return absl::StrCat(expected, only_p ? " with p at most 0.05: " : ": ");
  }
  return "";
}

// What must be said of a row that holds only because the experiment asks for less than both kinds
// of evidence.
std::string Caveat(const v1::ExperimentSpec& spec, const v1::ComparisonRow& row) {
  for (const v1::Expectation& expectation : spec.expect()) {
    if (SpeaksOf(expectation, row) && ByIntervalAlone(expectation) && row.p_value() > kAlpha)
      return ", by its interval alone";
  }
  return "";
}

// The first expectation that no row answers.
const v1::Expectation* Unanswered(const v1::ExperimentSpec& spec,
                                  const v1::Comparison& comparison) {
  for (const v1::Expectation& expectation : spec.expect()) {
    auto speaks = [&](const v1::ComparisonRow& row) { return SpeaksOf(expectation, row); };
    if (std::none_of(comparison.rows().begin(), comparison.rows().end(), speaks))
      return &expectation;
  }
  return nullptr;
}

class Judgement {
 public:
  Judgement(const v1::ExperimentSpec& spec, const v1::Comparison& comparison,
            const std::vector<RunMetrics>& runs)
      : spec_(spec), comparison_(comparison), runs_(runs), index_(runs) {}

  ExperimentVerdict Give() const {
    auto undone = std::count_if(runs_.begin(), runs_.end(), [](const RunMetrics& run) {
      return run.verdict == v1::VERDICT_UNSPECIFIED;
    });
    if (undone != 0)
      return {v1::VERDICT_UNSPECIFIED,
              absl::StrCat(undone, " of ", runs_.size(), " runs are not done")};
    if (std::string words = RunsThatEnded(runs_, v1::FAIL, "failed"); !words.empty())
      return {v1::FAIL, words};
    if (const v1::ComparisonRow* row = FirstRow(v1::FAIL))
      return {v1::FAIL, absl::StrCat(Unmet(spec_, *row, PairsOf(*row)), InWords(*row))};
    if (std::string words = RunsThatEnded(runs_, v1::ERROR, "ended in an error of the lab");
        !words.empty())
      return {v1::ERROR, words};
    // A run that was cancelled explains the values that are missing.
    if (std::string words = RunsThatEnded(runs_, v1::CANCELLED, "were cancelled"); !words.empty())
      return {v1::CANCELLED, words};
    return WithoutBadRuns();
  }

 private:
  ExperimentVerdict WithoutBadRuns() const {
    if (const v1::ComparisonRow* row = FirstRow(v1::ERROR))
      return {v1::ERROR, absl::StrCat("values are missing: ", InWords(*row))};
    if (const v1::Expectation* expectation = Unanswered(spec_, comparison_))
      return {v1::ERROR, absl::StrCat("no run has ", expectation->metric(), " of ",
                                      expectation->variant(), " after ", expectation->phase())};
    if (runs_.empty()) return {v1::ERROR, "no runs"};
    if (const v1::ComparisonRow* row = FirstRow(v1::PASS)) {
      auto held =
          std::count_if(comparison_.rows().begin(), comparison_.rows().end(),
                        [](const v1::ComparisonRow& other) { return other.verdict() == v1::PASS; });
      std::string more = held > 1 ? absl::StrCat("; ", held - 1, " more as expected") : "";
      return {v1::PASS, absl::StrCat(InWords(*row), Caveat(spec_, *row), more)};
    }
    return {v1::PASS, absl::StrCat("all of ", runs_.size(), " runs passed; nothing was expected")};
  }

  const v1::ComparisonRow* FirstRow(v1::Verdict verdict) const {
    for (const v1::ComparisonRow& row : comparison_.rows())
      if (row.verdict() == verdict) return &row;
    return nullptr;
  }
  Pairs PairsOf(const v1::ComparisonRow& row) const {
    return index_.PairsOf(comparison_.baseline(), row.variant(), row.machine(), row.workload(),
                          {row.phase(), row.metric(), row.unit()});
  }
  std::string InWords(const v1::ComparisonRow& row) const { return RowInWords(row, PairsOf(row)); }

  const v1::ExperimentSpec& spec_;
  const v1::Comparison& comparison_;
  const std::vector<RunMetrics>& runs_;
  RunIndex index_;
};

}  // namespace

ExperimentVerdict Judge(const v1::ExperimentSpec& spec, const v1::Comparison& comparison,
                        const std::vector<RunMetrics>& runs) {
  return Judgement(spec, comparison, runs).Give();
}

}  // namespace roxlab
