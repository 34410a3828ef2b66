// SPDX-License-Identifier: Apache-2.0
//
// How often the evidence that an expectation takes is there, and how often it is wrong: on values
// that real kernels gave, one for each seed (tests/data/level3-by-seed.txt).
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <iostream>
#include <random>
#include <sstream>
#include <vector>

#include "server/compare/auto_seeds.h"
#include "server/compare/compare.h"
#include "server/compare/stats.h"

namespace roxlab {
namespace {

// Columns of the table.
constexpr size_t kStock = 1;
constexpr size_t kStockNoncont = 3;
constexpr unsigned kSeed = 20261122;

std::vector<double> Column(size_t column) {
  std::ifstream file(ROXLAB_SOURCE_DIR "/tests/data/level3-by-seed.txt");
  std::vector<double> values;
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with('#')) continue;
    std::istringstream words(line);
    double value = 0;
    for (size_t i = 0; i <= column; ++i) words >> value;
    values.push_back(value);
  }
  EXPECT_EQ(values.size(), 60u);
  return values;
}

v1::ExperimentSpec ExpectingBelow() {
  v1::ExperimentSpec spec;
  spec.add_variants("stock");
  spec.add_variants("other");
  v1::Expectation& expectation = *spec.add_expect();
  expectation.set_variant("other");
  expectation.set_metric("linear.l3_entries");
  expectation.set_phase("loaded");
  expectation.set_relation("below");
  return spec;
}

RunMetrics OneRun(const char* variant, size_t seed, double value) {
  v1::Metric metric;
  metric.set_name("linear.l3_entries");
  metric.set_value(value);
  return {variant, "qemu", "modules", seed, v1::PASS, {{"loaded", {metric}}}};
}

// An experiment whose two variants have values that were drawn from the same real ones, those of
// the other variant times `factor`.
class Drawn {
 public:
  Drawn(std::vector<double> values, double factor) : values_(std::move(values)), factor_(factor) {}

  // All pairs anew, from distinct runs: no run is on both sides.
  void Split(size_t pairs) {
    std::shuffle(values_.begin(), values_.end(), random_);
    runs_.clear();
    for (size_t i = 0; i < pairs; ++i) Pair(i + 1, values_[2 * i], values_[2 * i + 1]);
  }
  // As many pairs as `spec` decides on by itself.
  void Sequence(const v1::ExperimentSpec& spec) {
    runs_.clear();
    size_t more = spec.auto_seeds().start();
    while (more != 0) {
      for (size_t end = runs_.size() / 2 + more; runs_.size() / 2 < end;)
        Pair(runs_.size() / 2 + 1, Any(), Any());
      more = DecideSeeds(spec, Compare(spec, "e", "stock", runs_), runs_).more;
    }
  }
  size_t pairs() const { return runs_.size() / 2; }
  // Whether "below" or "above" would hold.
  bool Flagged() const {
    std::vector<double> differences;
    for (size_t i = 0; i < runs_.size(); i += 2)
      differences.push_back(runs_[i + 1].phases[0].metrics[0].value() -
                            runs_[i].phases[0].metrics[0].value());
    // Both kinds of evidence are needed, and this one costs less.
    if (*SignFlipPValue(differences) > kAlpha) return false;
    v1::ExperimentSpec spec = ExpectingBelow();
    const v1::ComparisonRow below = Compare(spec, "e", "stock", runs_).rows(0);
    if (below.delta_percent() <= 0) return below.verdict() == v1::PASS;
    spec.mutable_expect(0)->set_relation("above");
    return Compare(spec, "e", "stock", runs_).rows(0).verdict() == v1::PASS;
  }

 private:
  double Any() { return values_[random_() % values_.size()]; }
  void Pair(size_t seed, double stock, double other) {
    runs_.push_back(OneRun("stock", seed, stock));
    runs_.push_back(OneRun("other", seed, other * factor_));
  }

  std::mt19937_64 random_{kSeed};
  std::vector<double> values_;
  double factor_;
  std::vector<RunMetrics> runs_;
};

int Flagged(size_t column, double factor, int resamplings) {
  Drawn drawn(Column(column), factor);
  int flagged = 0;
  for (int i = 0; i < resamplings; ++i) {
    drawn.Split(30);
    flagged += drawn.Flagged() ? 1 : 0;
  }
  std::cout << "seed " << kSeed << ": column " << column << " times " << factor << ": " << flagged
            << " of " << resamplings << " flagged\n";
  return flagged;
}

// Five times 200: among 200 alone the count goes up and down by three. In 2,000 it was 3.9 and 3.8
// % (by the interval alone 5.8 and 5.2 %).
TEST(Power, AVariantAgainstItselfIsFlaggedInAtMostFivePercentOfResamplings) {
  EXPECT_LE(Flagged(kStock, 1, 1000), 50);
  EXPECT_LE(Flagged(kStockNoncont, 1, 1000), 50);
}

TEST(Power, APlantedChangeOfFivePercentIsFoundInAtLeast95PercentWith30Seeds) {
  EXPECT_GE(Flagged(kStockNoncont, 0.95, 200), 190);
  EXPECT_GE(Flagged(kStockNoncont, 1.05, 200), 190);
}

// A limit to know: all level-3 entries come in steps of 512, 9 % of them all, so that 30 seeds find
// 5 % of these only in about half of the cases, and 15 % nearly always.
TEST(Power, AllLevel3EntriesTakeAChangeOfFifteenPercent) {
  const int five = Flagged(kStock, 0.95, 200);
  EXPECT_GE(five, 70);
  EXPECT_LE(five, 140);
  EXPECT_GE(Flagged(kStock, 0.85, 200), 190);
}

// Stopping by the interval's width and not by p: 5 % of 200 are 10, and 17 is its 99 % point.
TEST(Power, AutoSeedsDoNotFlagAVariantAgainstItselfMoreOften) {
  v1::ExperimentSpec spec = ExpectingBelow();
  spec.mutable_auto_seeds()->set_start(8);
  spec.mutable_auto_seeds()->set_step(4);
  spec.mutable_auto_seeds()->set_limit(64);
  spec.mutable_auto_seeds()->set_width_percent(12);
  Drawn drawn(Column(kStock), 1);
  int flagged = 0;
  size_t pairs = 0;
  for (int i = 0; i < 200; ++i) {
    drawn.Sequence(spec);
    flagged += drawn.Flagged() ? 1 : 0;
    pairs += drawn.pairs();
  }
  std::cout << "seed " << kSeed << ": " << flagged << " of 200 flagged, "
            << static_cast<double>(pairs) / 200 << " seeds on average\n";
  EXPECT_LE(flagged, 17);
  EXPECT_GT(pairs, 200u * 8);
  EXPECT_LT(pairs, 200u * 64);
}

}  // namespace
}  // namespace roxlab
