// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_SERVER_COMPARE_STATS_H_
#define ROXLAB_SERVER_COMPARE_STATS_H_

#include <cstdint>
#include <optional>
#include <vector>

#include "absl/types/span.h"

namespace roxlab {

// Statistics of paired values: values[i] and baseline[i] belong together (one seed). All are pure
// functions: same values, same answer, on every machine. Values must be finite, spans of one
// length where there are two.

// 0 for no values.
double Mean(absl::Span<const double> values);
// Of an even number of values the mean of the middle two; 0 for no values.
double Median(absl::Span<const double> values);

// 100 * (mean(values) - mean(baseline)) / mean(baseline). Nothing where that mean is zero.
std::optional<double> DeltaPercent(absl::Span<const double> baseline,
                                   absl::Span<const double> values);

struct Interval {
  double low = 0;
  double high = 0;
};

struct BootstrapOptions {
  int resamples = 10000;
  uint64_t seed = 20260101;  // Of the generator, std::mt19937_64.
  double confidence = 0.95;
};

// Bootstrap intervals that resample pairs, bias-corrected and accelerated (BCa): Efron and
// Tibshirani, "An Introduction to the Bootstrap" (1993), section 14.3; acceleration from the
// jackknife. A point where all resamples agree; the plain percentile interval where BCa is not
// defined (all resamples on one side of the estimate, or one value too far off). With few pairs it
// is narrower than it should be, as all bootstrap intervals are: with 8 pairs about 90 % of them
// cover.
//
// Of DeltaPercent. Nothing with fewer than two pairs, or where the baseline's mean is zero in the
// values or in any resample.
std::optional<Interval> DeltaPercentInterval(absl::Span<const double> baseline,
                                             absl::Span<const double> values,
                                             const BootstrapOptions& options = {});
// Of the mean. Nothing with fewer than two values.
std::optional<Interval> MeanInterval(absl::Span<const double> values,
                                     const BootstrapOptions& options = {});

// What counts as evidence: an interval of BootstrapOptions' confidence that leaves out zero, and a
// p-value of at most kAlpha. The sign-flip test of n pairs never gives less than 2 / 2^n, so with
// fewer pairs than kFewestPairs no data could be evidence.
inline constexpr double kAlpha = 0.05;
inline constexpr size_t kFewestPairs = 6;

// Two-sided sign-flip permutation test of "the mean difference is zero" (Fisher, "The Design of
// Experiments" (1935), section 21): the share of all ways to flip the differences' signs whose sum
// is at least as far from zero as the sum seen. Exact for up to 20 differences, otherwise from
// 100,000 random flips as (hits + 1) / (flips + 1). Nothing with fewer than two differences.
//
// The one test here, and not beside Wilcoxon's signed ranks: it asks about the mean, of which the
// interval and the percentage speak too, so the three cannot contradict each other by asking
// different questions; and page-table counts come in steps (a split block is 512 entries), with
// many ties and zeros, for which ranks need a convention and this needs none.
std::optional<double> SignFlipPValue(absl::Span<const double> differences);

// The p-values of one family of tests, in the order given, adjusted so that rejecting all that are
// at most alpha is wrong about any of them with a probability of at most alpha, whatever depends on
// what: S. Holm, "A simple sequentially rejective multiple test procedure", Scandinavian Journal of
// Statistics 6 (1979); in the form of adjusted values, S. P. Wright, Biometrics 48 (1992).
std::vector<double> HolmAdjusted(absl::Span<const double> p_values);

}  // namespace roxlab

#endif  // ROXLAB_SERVER_COMPARE_STATS_H_
