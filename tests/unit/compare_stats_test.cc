// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>
#include <iostream>
#include <random>
#include <vector>

#include "server/compare/stats.h"

namespace roxlab {
namespace {

// Heights of Darwin's maize, crossed minus self-fertilised plant, in eighths of an inch: Fisher,
// "The Design of Experiments" (1935), section 17; also HistData::ZeaMays in R.
const std::vector<double> kMaize = {49, -67, 8, 16, 6, 23, 28, 41, 14, 29, 56, 24, 75, 60, -48};

// Hormone patches of eight people: Efron and Tibshirani, "An Introduction to the Bootstrap" (1993),
// table 10.1. z is old minus placebo, y is new minus old, and the book's ratio mean(y) / mean(z) is
// a hundredth of our delta percent between z and z + y.
const std::vector<double> kPatchOld = {8406, 2342, 8187, 8459, 4795, 3516, 4796, 10238};
const std::vector<double> kPatchChange = {-1200, 2601, -2705, 1982, -1290, 351, -638, -2719};

std::vector<double> PatchNew() {
  std::vector<double> values = kPatchOld;
  for (size_t i = 0; i < values.size(); ++i) values[i] += kPatchChange[i];
  return values;
}

TEST(Stats, MeanAndMedian) {
  EXPECT_EQ(Mean({1, 2, 6}), 3);
  EXPECT_EQ(Median({6, 1, 2}), 2);
  EXPECT_EQ(Median({6, 1, 2, 4}), 3);
  EXPECT_EQ(Mean({}), 0);
  EXPECT_EQ(Median({}), 0);
}

TEST(Stats, DeltaPercentIsOfTheBaselinesMean) {
  EXPECT_EQ(*DeltaPercent({100, 300}, {90, 270}), -10);
  EXPECT_FALSE(DeltaPercent({0, 0}, {1, 2}).has_value());
  // The book gives -0.0713.
  EXPECT_NEAR(*DeltaPercent(kPatchOld, PatchNew()), -7.13, 0.005);
}

// Fisher, section 21: 863 of the 32,768 ways to give the signs have a sum of at least 314, and as
// many at most -314.
TEST(Stats, SignFlipTestGivesFishersValueForDarwinsMaize) {
  EXPECT_DOUBLE_EQ(*SignFlipPValue(kMaize), 1726.0 / 32768);
}

TEST(Stats, SignFlipTestOfEightLowerPairsIsTwoIn256) {
  EXPECT_DOUBLE_EQ(*SignFlipPValue({-1, -2, -3, -4, -5, -6, -7, -8}), 2.0 / 256);
}

TEST(Stats, SignFlipTestOfNoDifferenceIsOne) {
  EXPECT_EQ(*SignFlipPValue({0, 0, 0}), 1);
  EXPECT_EQ(*SignFlipPValue({1, -1}), 1);
  EXPECT_FALSE(SignFlipPValue({1}).has_value());
  EXPECT_FALSE(SignFlipPValue({}).has_value());
}

// 0.1 + 0.2 and 0.3 differ in the last bit: sums that are equal on paper must count as equal.
TEST(Stats, SignFlipTestDoesNotMissTiesToRounding) {
  EXPECT_DOUBLE_EQ(*SignFlipPValue({0.1, 0.2, -0.3}), 1);
}

// Twice the differences, so over 20 of them: the Monte-Carlo way, beside the normal approximation
// with the exact variance (z = 628 / sqrt(2 * 25132) -> 0.00613).
TEST(Stats, SignFlipTestOfManyDifferencesIsSampled) {
  std::vector<double> twice = kMaize;
  twice.insert(twice.end(), kMaize.begin(), kMaize.end());
  double p = *SignFlipPValue(twice);
  EXPECT_NEAR(p, 0.0056, 0.0015);
  EXPECT_EQ(p, *SignFlipPValue(twice));
  EXPECT_EQ(*SignFlipPValue(std::vector<double>(40, 1.0)), 1.0 / 100001);
}

// Fifteen p-values of a trial of thrombolysis: Benjamini and Hochberg, Journal of the Royal
// Statistical Society B 57 (1995), section 3.2. At 0.05, they say, Bonferroni rejects the three
// smallest and Hochberg's procedure no more; Holm's lies between the two.
TEST(Holm, RejectsTheThreeOfFifteenThatArePublished) {
  const std::vector<double> p = {0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344,
                                 0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.000};
  const std::vector<double> adjusted = HolmAdjusted(p);
  EXPECT_NEAR(adjusted[0], 0.0015, 1e-12);
  EXPECT_NEAR(adjusted[1], 0.0056, 1e-12);
  EXPECT_NEAR(adjusted[2], 0.0247, 1e-12);
  EXPECT_NEAR(adjusted[3], 0.1140, 1e-12);
  EXPECT_EQ(std::count_if(adjusted.begin(), adjusted.end(), [](double q) { return q <= 0.05; }), 3);
}

TEST(Holm, KeepsTheOrderGivenAndNeverGivesTheLargerPTheSmallerValue) {
  // 0.03 * 2 is more than 0.04 * 1, so 0.04 gets 0.06 too.
  const std::vector<double> adjusted = HolmAdjusted({0.01, 0.04, 0.03, 0.005});
  ASSERT_EQ(adjusted.size(), 4u);
  EXPECT_NEAR(adjusted[0], 0.03, 1e-12);
  EXPECT_NEAR(adjusted[1], 0.06, 1e-12);
  EXPECT_NEAR(adjusted[2], 0.06, 1e-12);
  EXPECT_NEAR(adjusted[3], 0.02, 1e-12);
}

TEST(Holm, ASingleTestIsLeftAsItIs) { EXPECT_EQ(HolmAdjusted({0.04}).front(), 0.04); }

TEST(Holm, NothingIsLikelierThanCertain) {
  EXPECT_EQ(HolmAdjusted({0.7, 0.8}).front(), 1);
  EXPECT_TRUE(HolmAdjusted({}).empty());
}

// The ends were computed without sampling: all 6,435 distinct resamples of the eight pairs with
// their probabilities (bias 0.02668, acceleration 0.02405). Only the tails' Monte-Carlo error is
// left: with 10,000 resamples a standard error of about 0.4 here.
TEST(Stats, BcaIntervalIsThatOfTheIdealBootstrap) {
  std::optional<Interval> interval = DeltaPercentInterval(kPatchOld, PatchNew());
  ASSERT_TRUE(interval.has_value());
  EXPECT_NEAR(interval->low, -22.235, 1.2);
  EXPECT_NEAR(interval->high, 18.956, 1.2);
  interval = DeltaPercentInterval(kPatchOld, PatchNew(), {.confidence = 0.9});
  EXPECT_NEAR(interval->low, -20.392, 1.2);
  EXPECT_NEAR(interval->high, 13.822, 1.2);
  // More resamples come nearer.
  interval = DeltaPercentInterval(kPatchOld, PatchNew(), {.resamples = 1000000});
  EXPECT_NEAR(interval->low, -22.235, 0.1);
  EXPECT_NEAR(interval->high, 18.956, 0.1);
}

TEST(Stats, TheSameValuesGiveTheSameInterval) {
  std::optional<Interval> one = DeltaPercentInterval(kPatchOld, PatchNew());
  std::optional<Interval> two = DeltaPercentInterval(kPatchOld, PatchNew());
  EXPECT_EQ(one->low, two->low);
  EXPECT_EQ(one->high, two->high);
}

TEST(Stats, IntervalOfValuesThatDoNotVaryIsAPoint) {
  std::optional<Interval> interval = DeltaPercentInterval({512, 512, 512}, {256, 256, 256});
  EXPECT_EQ(interval->low, -50);
  EXPECT_EQ(interval->high, -50);
  interval = DeltaPercentInterval({512, 1024, 512}, {512, 1024, 512});
  EXPECT_EQ(interval->low, 0);
  EXPECT_EQ(interval->high, 0);
  interval = MeanInterval({7, 7});
  EXPECT_EQ(interval->low, 7);
  EXPECT_EQ(interval->high, 7);
}

TEST(Stats, NoIntervalWithoutTwoPairsOrWithAZeroBaseline) {
  EXPECT_FALSE(DeltaPercentInterval({1}, {2}).has_value());
  EXPECT_FALSE(DeltaPercentInterval({}, {}).has_value());
  EXPECT_FALSE(DeltaPercentInterval({0, 0}, {1, 2}).has_value());
  EXPECT_FALSE(DeltaPercentInterval({0, 0}, {0, 0}).has_value());
  EXPECT_FALSE(DeltaPercentInterval({0, 0, 0, 0, 9}, {1, 2, 3, 4, 5}).has_value());
  EXPECT_FALSE(MeanInterval({1}).has_value());
}

// One value so far off that BCa has no meaning: still an interval that is ordered and holds the
// estimate.
TEST(Stats, AnOutlierFallsBackToAnOrderedInterval) {
  std::vector<double> baseline(40, 100);
  std::vector<double> values(40, 100);
  values[7] = 1e6;
  std::optional<Interval> interval = DeltaPercentInterval(baseline, values);
  ASSERT_TRUE(interval.has_value());
  EXPECT_LE(interval->low, interval->high);
  EXPECT_LE(interval->low, *DeltaPercent(baseline, values));
  EXPECT_GE(interval->high, *DeltaPercent(baseline, values));
}

// Experiments whose truth is known: the variant is `true_percent` away from the baseline.
class Simulation {
 public:
  explicit Simulation(unsigned seed) : random_(seed) {}

  void Draw(size_t pairs, double true_percent) {
    baseline_.clear();
    values_.clear();
    differences_.clear();
    for (size_t i = 0; i < pairs; ++i) {
      double level = shared_(random_);
      baseline_.push_back(level + noise_(random_));
      values_.push_back(level * (1 + true_percent / 100) + noise_(random_));
      differences_.push_back(values_.back() - baseline_.back());
    }
  }
  bool Covers(double true_percent) const {
    Interval interval = *DeltaPercentInterval(baseline_, values_, {.resamples = 2000});
    return interval.low <= true_percent && true_percent <= interval.high;
  }
  bool Flagged() const { return *SignFlipPValue(differences_) < 0.05; }

 private:
  std::mt19937_64 random_;
  // What a seed has in common for both, and what it has not; a block is 512 entries.
  std::normal_distribution<double> shared_{5888, 200};
  std::normal_distribution<double> noise_{0, 250};
  std::vector<double> baseline_;
  std::vector<double> values_;
  std::vector<double> differences_;
};

constexpr unsigned kSimulationSeed = 7;

int Covered(int trials, size_t pairs) {
  Simulation simulation(kSimulationSeed);
  int covered = 0;
  for (int trial = 0; trial < trials; ++trial) {
    simulation.Draw(pairs, -15);
    covered += simulation.Covers(-15) ? 1 : 0;
  }
  return covered;
}

int Flagged(int trials, size_t pairs, double true_percent) {
  Simulation simulation(kSimulationSeed);
  int flagged = 0;
  for (int trial = 0; trial < trials; ++trial) {
    simulation.Draw(pairs, true_percent);
    flagged += simulation.Flagged() ? 1 : 0;
  }
  return flagged;
}

TEST(Stats, TheIntervalCoversTheTruthNearlyAsOftenAsItSays) {
  int thirty = Covered(1000, 30);
  std::cout << "seed " << kSimulationSeed << ": 30 pairs cover " << thirty << " of 1000\n";
  EXPECT_GE(thirty, 920);
  EXPECT_LE(thirty, 975);
  // Few pairs: too narrow, as the header says.
  int eight = Covered(1000, 8);
  std::cout << "seed " << kSimulationSeed << ": 8 pairs cover " << eight << " of 1000\n";
  EXPECT_GE(eight, 870);
  EXPECT_LE(eight, 975);
}

// 5 % of 1000 is 50; 67 is its 99.3 % point.
TEST(Stats, AVariantAgainstItselfIsFlaggedAtMostAsOftenAsItSays) {
  int flagged = Flagged(1000, 8, 0);
  std::cout << "seed " << kSimulationSeed << ": " << flagged << " of 1000 flagged\n";
  EXPECT_LE(flagged, 67);
  EXPECT_GE(flagged, 20);
}

TEST(Stats, APlantedChangeOfFivePercentIsFoundWithThirtySeeds) {
  int flagged = Flagged(100, 30, -5);
  std::cout << "seed " << kSimulationSeed << ": " << flagged << " of 100 found\n";
  EXPECT_GE(flagged, 95);
}

}  // namespace
}  // namespace roxlab
