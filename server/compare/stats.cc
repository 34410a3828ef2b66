// SPDX-License-Identifier: Apache-2.0
#include "server/compare/stats.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <numeric>
#include <random>
#include <vector>

namespace roxlab {
namespace {

constexpr size_t kMostExact = 20;
constexpr int kRandomFlips = 100000;
constexpr uint64_t kFlipSeed = 20260102;

// Sums that are equal on paper may differ in their last bits: what is this near counts as equal.
double Tolerance(absl::Span<const double> differences) {
  double scale = 0;
  for (double d : differences) scale += std::abs(d);
  return scale * 1e-12;
}

// Goes through all signs in Gray-code order, so that one sign flips at a step. Each choice of signs
// and its opposite are equally far from zero: the last sign stays as it is.
double ExactPValue(absl::Span<const double> differences, double seen) {
  std::vector<double> signed_values(differences.begin(), differences.end());
  double sum = 0;
  for (double d : signed_values) sum += d;
  const uint64_t steps = uint64_t{1} << (differences.size() - 1);
  uint64_t hits = 0;
  for (uint64_t i = 1;; ++i) {
    if (std::abs(sum) >= seen) ++hits;
    if (i == steps) break;
    double& flipped = signed_values[static_cast<size_t>(std::countr_zero(i))];
    sum -= 2 * flipped;
    flipped = -flipped;
  }
  return static_cast<double>(hits) / static_cast<double>(steps);
}

// Sums of eight differences under all 256 choices of their signs: a random byte then gives eight
// random signs at one look.
using SignedSums = std::array<double, 256>;

std::vector<SignedSums> MakeSignedSums(absl::Span<const double> differences) {
  std::vector<SignedSums> tables((differences.size() + 7) / 8);
  for (size_t table = 0; table < tables.size(); ++table) {
    absl::Span<const double> eight = differences.subspan(table * 8, 8);
    for (size_t signs = 0; signs < 256; ++signs) {
      double sum = 0;
      for (size_t i = 0; i < eight.size(); ++i) sum += (signs >> i & 1) != 0 ? eight[i] : -eight[i];
      tables[table][signs] = sum;
    }
  }
  return tables;
}

double RandomPValue(absl::Span<const double> differences, double seen) {
  const std::vector<SignedSums> tables = MakeSignedSums(differences);
  std::mt19937_64 random(kFlipSeed);
  int hits = 0;
  for (int flip = 0; flip < kRandomFlips; ++flip) {
    double sum = 0;
    uint64_t signs = 0;
    for (size_t i = 0; i < tables.size(); ++i) {
      if (i % 8 == 0) signs = random();
      sum += tables[i][signs & 255];
      signs >>= 8;
    }
    if (std::abs(sum) >= seen) ++hits;
  }
  return static_cast<double>(hits + 1) / (kRandomFlips + 1);
}

}  // namespace

double Mean(absl::Span<const double> values) {
  if (values.empty()) return 0;
  double sum = 0;
  for (double value : values) sum += value;
  return sum / static_cast<double>(values.size());
}

double Median(absl::Span<const double> values) {
  if (values.empty()) return 0;
  std::vector<double> sorted(values.begin(), values.end());
  std::sort(sorted.begin(), sorted.end());
  size_t middle = sorted.size() / 2;
  return sorted.size() % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

std::optional<double> DeltaPercent(absl::Span<const double> baseline,
                                   absl::Span<const double> values) {
  double base = Mean(baseline);
  if (base == 0) return std::nullopt;
  return 100 * (Mean(values) - base) / base;
}

std::optional<double> SignFlipPValue(absl::Span<const double> differences) {
  if (differences.size() < 2) return std::nullopt;
  double sum = 0;
  for (double d : differences) sum += d;
  double seen = std::abs(sum) - Tolerance(differences);
  return differences.size() <= kMostExact ? ExactPValue(differences, seen)
                                          : RandomPValue(differences, seen);
}

std::vector<double> HolmAdjusted(absl::Span<const double> p_values) {
  std::vector<size_t> order(p_values.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](size_t a, size_t b) { return p_values[a] < p_values[b]; });
  std::vector<double> adjusted(p_values.size());
  double largest = 0;
  for (size_t rank = 0; rank < order.size(); ++rank) {
    const double alone = p_values[order[rank]] * static_cast<double>(order.size() - rank);
    largest = std::max(largest, std::min(1.0, alone));
    adjusted[order[rank]] = largest;
  }
  return adjusted;
}

}  // namespace roxlab
