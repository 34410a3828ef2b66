// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <boost/math/distributions/normal.hpp>
#include <cmath>
#include <limits>
#include <random>
#include <vector>

#include "server/compare/stats.h"

namespace roxlab {
namespace {

// 100 * sum(top) / sum(bottom) over some of the pairs; NaN where the bottom is zero. With a bottom
// of ones it is 100 times the mean of the top.
class RatioOfSums {
 public:
  RatioOfSums(absl::Span<const double> top, absl::Span<const double> bottom)
      : top_(top), bottom_(bottom) {}

  size_t size() const { return top_.size(); }
  // Of all pairs but `left_out`; size() leaves out none.
  double Without(size_t left_out) const {
    double top = 0;
    double bottom = 0;
    for (size_t i = 0; i < size(); ++i) {
      if (i == left_out) continue;
      top += top_[i];
      bottom += bottom_[i];
    }
    return Ratio(top, bottom);
  }
  double Resampled(std::mt19937_64* random) const {
    double top = 0;
    double bottom = 0;
    for (size_t i = 0; i < size(); ++i) {
      // Not std::uniform_int_distribution: its answers differ between standard libraries.
      size_t pick = static_cast<size_t>(((*random)() >> 32) * size() >> 32);
      top += top_[pick];
      bottom += bottom_[pick];
    }
    return Ratio(top, bottom);
  }

 private:
  static double Ratio(double top, double bottom) {
    return bottom == 0 ? std::numeric_limits<double>::quiet_NaN() : 100 * top / bottom;
  }
  absl::Span<const double> top_;
  absl::Span<const double> bottom_;
};

// Equation 14.15. Nothing where leaving out any pair leaves no answer; 0 where all are equal.
std::optional<double> Acceleration(const RatioOfSums& statistic) {
  std::vector<double> left_out(statistic.size());
  for (size_t i = 0; i < left_out.size(); ++i) {
    left_out[i] = statistic.Without(i);
    if (!std::isfinite(left_out[i])) return std::nullopt;
  }
  double mean = Mean(left_out);
  double squares = 0;
  double cubes = 0;
  for (double value : left_out) {
    squares += (mean - value) * (mean - value);
    cubes += (mean - value) * (mean - value) * (mean - value);
  }
  return squares == 0 ? 0 : cubes / (6 * std::pow(squares, 1.5));
}

// The value below which `share` of the sorted values lie, linear between two.
double Quantile(const std::vector<double>& sorted, double share) {
  double place = share * static_cast<double>(sorted.size() - 1);
  size_t below = static_cast<size_t>(place);
  size_t above = std::min(below + 1, sorted.size() - 1);
  return std::lerp(sorted[below], sorted[above], place - static_cast<double>(below));
}

// The share of resamples that BCa takes instead of `share` (equation 14.10); nothing where one
// value far off makes the acceleration too large for it to have a meaning.
std::optional<double> Corrected(double share, double bias, double acceleration) {
  const boost::math::normal normal;
  double z = bias + boost::math::quantile(normal, share);
  if (acceleration * z >= 1) return std::nullopt;
  return boost::math::cdf(normal, bias + z / (1 - acceleration * z));
}

// Equation 14.14, where resamples that equal the estimate count half: page-table counts are often
// equal.
double ShareBelow(const std::vector<double>& sorted, double estimate) {
  double tolerance = 1e-12 * std::max(std::abs(sorted.front()), std::abs(sorted.back()));
  auto first = std::lower_bound(sorted.begin(), sorted.end(), estimate - tolerance);
  auto last = std::upper_bound(first, sorted.end(), estimate + tolerance);
  return (static_cast<double>(first - sorted.begin()) + 0.5 * static_cast<double>(last - first)) /
         static_cast<double>(sorted.size());
}

std::optional<Interval> Bootstrap(const RatioOfSums& statistic, const BootstrapOptions& options) {
  if (statistic.size() < 2) return std::nullopt;
  double estimate = statistic.Without(statistic.size());
  std::optional<double> acceleration = Acceleration(statistic);
  if (!std::isfinite(estimate) || !acceleration) return std::nullopt;
  std::mt19937_64 random(options.seed);
  std::vector<double> resamples(static_cast<size_t>(options.resamples));
  for (double& value : resamples) {
    value = statistic.Resampled(&random);
    if (!std::isfinite(value)) return std::nullopt;
  }
  std::sort(resamples.begin(), resamples.end());
  double low = (1 - options.confidence) / 2;
  double high = 1 - low;
  double below = ShareBelow(resamples, estimate);
  if (below > 0 && below < 1) {
    double bias = boost::math::quantile(boost::math::normal(), below);
    std::optional<double> bca_low = Corrected(low, bias, *acceleration);
    std::optional<double> bca_high = Corrected(high, bias, *acceleration);
    if (bca_low && bca_high) {
      low = *bca_low;
      high = *bca_high;
    }
  }
  return Interval{Quantile(resamples, low), Quantile(resamples, high)};
}

}  // namespace

std::optional<Interval> DeltaPercentInterval(absl::Span<const double> baseline,
                                             absl::Span<const double> values,
                                             const BootstrapOptions& options) {
  std::vector<double> differences(values.begin(), values.end());
  for (size_t i = 0; i < differences.size(); ++i) differences[i] -= baseline[i];
  // Nothing differs, so no resample does: the common case, at no cost.
  if (baseline.size() >= 2 && Mean(baseline) != 0 &&
      std::all_of(differences.begin(), differences.end(), [](double d) { return d == 0; }))
    return Interval{0, 0};
  return Bootstrap(RatioOfSums(differences, baseline), options);
}

std::optional<Interval> MeanInterval(absl::Span<const double> values,
                                     const BootstrapOptions& options) {
  std::vector<double> ones(values.size(), 1);
  std::optional<Interval> interval = Bootstrap(RatioOfSums(values, ones), options);
  if (interval) interval = Interval{interval->low / 100, interval->high / 100};
  return interval;
}

}  // namespace roxlab
