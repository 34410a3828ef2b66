// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "absl/strings/str_cat.h"
#include "server/compare/compare.h"

namespace roxlab {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;
using ::testing::UnorderedElementsAre;

RunMetrics OneRun(const std::string& variant, uint64_t seed, double entries,
                  v1::Verdict verdict = v1::PASS) {
  RunMetrics run{variant, "qemu", "modules", seed, verdict, {}};
  for (const char* phase : {"boot", "loaded"}) {
    v1::Metric metric;
    metric.set_name("linear.l3_entries");
    metric.set_unit("entries");
    metric.set_value(std::string(phase) == "boot" ? 1024 : entries);
    v1::Metric zero;
    zero.set_name("linear.l1_blocks");
    zero.set_unit("entries");
    run.phases.push_back({phase, {metric, zero}});
  }
  return run;
}

v1::ExperimentSpec Spec() {
  v1::ExperimentSpec spec;
  spec.add_variants("stock");
  spec.add_variants("rox");
  spec.add_machines("qemu");
  spec.add_workloads("modules");
  return spec;
}

v1::Expectation* Expect(v1::ExperimentSpec* spec, const std::string& relation,
                        const std::string& phase = "loaded",
                        const std::string& metric = "linear.l3_entries") {
  v1::Expectation* expectation = spec->add_expect();
  expectation->set_variant("rox");
  expectation->set_metric(metric);
  expectation->set_phase(phase);
  expectation->set_relation(relation);
  return expectation;
}

// Eight seeds on both sides; the figures of FACTS: 5,888 and 4,992 on average.
std::vector<RunMetrics> EightSeeds() {
  const double stock[] = {5632, 5632, 6144, 6144, 5632, 6144, 5632, 6144};
  const double rox[] = {4608, 5120, 5120, 5120, 4608, 5120, 5120, 5120};
  std::vector<RunMetrics> runs;
  for (uint64_t i = 0; i < 8; ++i) {
    runs.push_back(OneRun("stock", i + 1, stock[i]));
    runs.push_back(OneRun("rox", i + 1, rox[i]));
  }
  return runs;
}

const v1::ComparisonRow* Find(const v1::Comparison& comparison, const std::string& phase) {
  for (const v1::ComparisonRow& row : comparison.rows())
    if (row.phase() == phase && row.metric() == "linear.l3_entries") return &row;
  return nullptr;
}

// Every seed on both sides, `rox` being the variant's values.
std::vector<RunMetrics> Seeds(const std::vector<double>& stock, const std::vector<double>& rox) {
  std::vector<RunMetrics> runs;
  for (size_t i = 0; i < stock.size(); ++i) {
    runs.push_back(OneRun("stock", i + 1, stock[i]));
    runs.push_back(OneRun("rox", i + 1, rox[i]));
  }
  return runs;
}

std::vector<std::string> Places(const v1::Comparison& comparison) {
  std::vector<std::string> places;
  for (const v1::ComparisonRow& row : comparison.rows())
    places.push_back(absl::StrCat(row.variant(), " ", row.machine(), " ", row.workload(), " ",
                                  row.phase(), " ", row.metric()));
  return places;
}

TEST(Compare, FiguresAreOfPairsOfOneSeed) {
  v1::Comparison comparison = Compare(Spec(), "exp-1", "stock", EightSeeds());
  EXPECT_EQ(comparison.experiment(), "exp-1");
  EXPECT_EQ(comparison.baseline(), "stock");
  const v1::ComparisonRow* row = Find(comparison, "loaded");
  ASSERT_NE(row, nullptr);
  EXPECT_EQ(row->n(), 8u);
  EXPECT_EQ(row->unit(), "entries");
  EXPECT_EQ(row->baseline_mean(), 5888);
  EXPECT_EQ(row->baseline_median(), 5888);
  EXPECT_EQ(row->mean(), 4992);
  EXPECT_EQ(row->median(), 5120);
  EXPECT_NEAR(row->delta_percent(), -15.217, 0.001);
  ASSERT_EQ(row->ci95_size(), 2);
  EXPECT_LT(row->ci95(0), row->delta_percent());
  EXPECT_GT(row->ci95(1), row->delta_percent());
  EXPECT_LT(row->ci95(1), 0);
  EXPECT_DOUBLE_EQ(row->p_value(), 2.0 / 256);
  EXPECT_EQ(row->verdict(), v1::VERDICT_UNSPECIFIED);
}

TEST(Compare, PairsAreFilledInOnlyWhenAskedFor) {
  std::vector<RunMetrics> runs = {OneRun("stock", 1, 10), OneRun("rox", 1, 9),
                                  OneRun("stock", 2, 8), OneRun("rox", 3, 7)};
  runs[0].id = "e-1";
  runs[1].id = "e-2";
  EXPECT_EQ(Find(Compare(Spec(), "e", "stock", runs), "loaded")->pairs_size(), 0);
  const v1::Comparison comparison = Compare(Spec(), "e", "stock", runs, {.pairs = true});
  const v1::ComparisonRow* row = Find(comparison, "loaded");
  ASSERT_EQ(row->pairs_size(), 1);
  EXPECT_EQ(row->pairs(0).seed(), 1u);
  EXPECT_EQ(row->pairs(0).baseline(), 10);
  EXPECT_EQ(row->pairs(0).value(), 9);
  EXPECT_EQ(row->pairs(0).baseline_run(), "e-1");
  EXPECT_EQ(row->pairs(0).run(), "e-2");
}

TEST(Compare, AMatchHasRowsOnlyWhereBothHaveRuns) {
  std::vector<RunMetrics> runs = {OneRun("0/a", 1, 10), OneRun("1/b", 1, 9), OneRun("1/b", 1, 9)};
  runs[2].machine = "another";
  const v1::Comparison comparison = CompareMatches(Spec(), {{"0/a", "1/b", "b"}}, runs);
  EXPECT_THAT(Places(comparison), ElementsAre("b qemu modules boot linear.l3_entries",
                                              "b qemu modules loaded linear.l3_entries"));
}

TEST(Compare, RowsOfAllMatchesAreOneFamilyOfTests) {
  std::vector<RunMetrics> runs;
  for (RunMetrics& run : EightSeeds()) {
    for (const char* copy : {"a", "b"}) {
      runs.push_back(run);
      runs.back().variant = copy + run.variant;
    }
  }
  const Match first{"astock", "arox", "a"}, second{"bstock", "brox", "b"};
  const v1::Comparison one = CompareMatches(Spec(), {first}, runs);
  const v1::Comparison two = CompareMatches(Spec(), {first, second}, runs);
  EXPECT_DOUBLE_EQ(Find(one, "loaded")->p_holm(), 2.0 / 256);
  EXPECT_DOUBLE_EQ(Find(two, "loaded")->p_holm(), 4.0 / 256);
}

TEST(Compare, TheOrderOfRunsDoesNotMatter) {
  std::vector<RunMetrics> runs = EightSeeds();
  std::string one = Compare(Spec(), "e", "stock", runs).SerializeAsString();
  std::reverse(runs.begin(), runs.end());
  EXPECT_EQ(Compare(Spec(), "e", "stock", runs).SerializeAsString(), one);
}

TEST(Compare, RowsFollowTheSpecAndThePhasesTheRuns) {
  v1::ExperimentSpec spec = Spec();
  spec.add_define()->set_name("mine");
  spec.add_machines("another");
  std::vector<RunMetrics> runs;
  for (const char* machine : {"another", "qemu"}) {
    for (const char* variant : {"mine", "stock", "rox"}) {
      runs.push_back(OneRun(variant, 1, 5));
      runs.back().machine = machine;
    }
  }
  EXPECT_THAT(Places(Compare(spec, "e", "stock", runs)),
              ElementsAre("rox qemu modules boot linear.l3_entries",
                          "rox qemu modules loaded linear.l3_entries",
                          "rox another modules boot linear.l3_entries",
                          "rox another modules loaded linear.l3_entries",
                          "mine qemu modules boot linear.l3_entries",
                          "mine qemu modules loaded linear.l3_entries",
                          "mine another modules boot linear.l3_entries",
                          "mine another modules loaded linear.l3_entries"));
}

TEST(Compare, AllZeroRowsAreLeftOutUnlessExpected) {
  EXPECT_EQ(Compare(Spec(), "e", "stock", EightSeeds()).rows_size(), 2);
  v1::ExperimentSpec spec = Spec();
  Expect(&spec, "equal", "boot", "linear.l1_blocks");
  v1::Comparison comparison = Compare(spec, "e", "stock", EightSeeds());
  ASSERT_EQ(comparison.rows_size(), 3);
  EXPECT_EQ(comparison.rows(1).metric(), "linear.l1_blocks");
  EXPECT_EQ(comparison.rows(1).verdict(), v1::PASS);
  EXPECT_FALSE(comparison.rows(1).has_delta_percent());
}

TEST(Compare, KeyRowsTellMostOrAreExpected) {
  std::vector<RunMetrics> runs = EightSeeds();
  for (RunMetrics& run : runs) {
    for (const char* name : {"vmalloc.l3_entries", "kernel.l3_entries", "perf.dtlb_walk"}) {
      v1::Metric& metric = run.phases[0].metrics.emplace_back();
      metric.set_name(name);
      metric.set_value(7);
    }
  }
  v1::ExperimentSpec spec = Spec();
  Expect(&spec, "equal", "boot", "vmalloc.l3_entries");
  const v1::Comparison comparison = Compare(spec, "e", "stock", runs);
  std::vector<std::string> keys;
  for (const v1::ComparisonRow& row : comparison.rows())
    if (row.phase() == "boot" && row.key()) keys.push_back(row.metric());
  EXPECT_THAT(keys,
              UnorderedElementsAre("linear.l3_entries", "vmalloc.l3_entries", "perf.dtlb_walk"));
}

TEST(Compare, HolmTakesWhatWasExpectedAndWhatWasNotForTwoFamilies) {
  std::vector<RunMetrics> runs = EightSeeds();
  for (RunMetrics& run : runs) {
    // Two more metrics that differ in every seed, with p = 2 / 256 each.
    for (const char* name : {"linear.a", "linear.b"}) {
      v1::Metric metric = run.phases[1].metrics[0];
      metric.set_name(name);
      run.phases[1].metrics.push_back(metric);
    }
  }
  v1::ExperimentSpec spec = Spec();
  Expect(&spec, "below");
  v1::Comparison comparison = Compare(spec, "e", "stock", runs);
  ASSERT_EQ(comparison.rows_size(), 4);
  EXPECT_EQ(comparison.rows(0).phase(), "boot");  // No difference: no test.
  EXPECT_DOUBLE_EQ(comparison.rows(0).p_holm(), 1);
  EXPECT_DOUBLE_EQ(Find(comparison, "loaded")->p_holm(), 2.0 / 256);  // The one that was expected.
  EXPECT_DOUBLE_EQ(comparison.rows(2).p_holm(), 4.0 / 256);
  EXPECT_DOUBLE_EQ(comparison.rows(3).p_holm(), 4.0 / 256);
}

TEST(Compare, OnlyPassedRunsAndFiniteValuesCount) {
  std::vector<RunMetrics> runs = EightSeeds();
  runs[0].verdict = v1::FAIL;
  runs[3].phases[1].metrics[0].set_value(std::numeric_limits<double>::quiet_NaN());
  v1::Comparison comparison = Compare(Spec(), "e", "stock", runs);
  EXPECT_EQ(Find(comparison, "boot")->n(), 7u);
  EXPECT_EQ(Find(comparison, "loaded")->n(), 6u);
  EXPECT_TRUE(std::isfinite(Find(comparison, "loaded")->mean()));
}

TEST(Compare, OneSeedHasFiguresButNoInterval) {
  v1::Comparison comparison =
      Compare(Spec(), "e", "stock", {OneRun("stock", 1, 100), OneRun("rox", 1, 90)});
  const v1::ComparisonRow* row = Find(comparison, "loaded");
  EXPECT_EQ(row->n(), 1u);
  EXPECT_EQ(row->delta_percent(), -10);
  EXPECT_EQ(row->ci95_size(), 0);
  EXPECT_FALSE(row->has_p_value());
}

TEST(Compare, NothingComesOfNothing) {
  EXPECT_EQ(Compare(Spec(), "e", "stock", {}).rows_size(), 0);
  EXPECT_EQ(Compare({}, "", "", {}).rows_size(), 0);
}

v1::Verdict RowVerdict(const std::string& relation, const std::vector<RunMetrics>& runs,
                       const std::string& phase = "loaded") {
  v1::ExperimentSpec spec = Spec();
  Expect(&spec, relation, phase);
  v1::Comparison comparison = Compare(spec, "e", "stock", runs);
  const v1::ComparisonRow* row = Find(comparison, phase);
  return row == nullptr ? v1::CANCELLED : row->verdict();
}

TEST(Expectations, BelowAboveAndEqual) {
  EXPECT_EQ(RowVerdict("below", EightSeeds()), v1::PASS);
  EXPECT_EQ(RowVerdict("above", EightSeeds()), v1::FAIL);
  EXPECT_EQ(RowVerdict("equal", EightSeeds()), v1::FAIL);
  EXPECT_EQ(RowVerdict("equal", EightSeeds(), "boot"), v1::PASS);
  EXPECT_EQ(RowVerdict("below", EightSeeds(), "boot"), v1::FAIL);
  EXPECT_EQ(RowVerdict("beneath", EightSeeds()), v1::FAIL);
}

// Seeds 1 to 8 of rox-vs-stock as once measured: the interval leaves out zero, but of 16 ways to
// give four differences their signs, two are as far from zero as this one.
std::vector<RunMetrics> FourOfEightLower() {
  return Seeds({6144, 5120, 5120, 5120, 6656, 5120, 5632, 5120},
               {5632, 4096, 5120, 5120, 5120, 5120, 4608, 5120});
}

TEST(Expectations, AnIntervalWithoutZeroIsNotEnough) {
  EXPECT_EQ(RowVerdict("below", FourOfEightLower()), v1::FAIL);
  v1::Comparison comparison = Compare(Spec(), "e", "stock", FourOfEightLower());
  EXPECT_LT(Find(comparison, "loaded")->ci95(1), 0);
  EXPECT_DOUBLE_EQ(Find(comparison, "loaded")->p_value(), 2.0 / 16);
}

TEST(Expectations, TheIntervalAloneIsEnoughWhenTheExperimentSaysSo) {
  v1::ExperimentSpec spec = Spec();
  Expect(&spec, "below")->set_evidence("interval");
  EXPECT_EQ(Find(Compare(spec, "e", "stock", FourOfEightLower()), "loaded")->verdict(), v1::PASS);
}

TEST(Expectations, FivePairsAreNeverEnoughAndSixMayBe) {
  const std::vector<double> stock(6, 100);
  const std::vector<double> rox = {50, 51, 52, 53, 54, 55};
  EXPECT_EQ(RowVerdict("below", Seeds(stock, rox)), v1::PASS);
  EXPECT_EQ(RowVerdict("below", Seeds({stock.begin(), stock.end() - 1}, rox)), v1::FAIL);
}

TEST(Expectations, ALowerMeanAloneIsNotBelow) {
  EXPECT_EQ(RowVerdict("below", Seeds(std::vector<double>(6, 100), {50, 140, 90, 105, 60, 120})),
            v1::FAIL);
}

TEST(Expectations, AZeroBaselineIsJudgedByTheDifference) {
  const std::vector<RunMetrics> runs = Seeds(std::vector<double>(6, 0), {8, 9, 10, 11, 12, 13});
  EXPECT_EQ(RowVerdict("above", runs), v1::PASS);
  EXPECT_EQ(RowVerdict("below", runs), v1::FAIL);
}

TEST(Expectations, OnePairShowsNothingButEquality) {
  EXPECT_EQ(RowVerdict("below", {OneRun("stock", 1, 100), OneRun("rox", 1, 90)}), v1::FAIL);
  EXPECT_EQ(RowVerdict("equal", {OneRun("stock", 1, 100), OneRun("rox", 1, 100)}), v1::PASS);
}

TEST(Expectations, AMissingValueIsAnError) {
  std::vector<RunMetrics> runs = EightSeeds();
  runs.pop_back();
  EXPECT_EQ(RowVerdict("below", runs), v1::ERROR);
  EXPECT_EQ(RowVerdict("below", {}), v1::CANCELLED);  // No row at all.
  runs = {OneRun("stock", 1, 1, v1::FAIL), OneRun("rox", 1, 1)};
  EXPECT_EQ(RowVerdict("below", runs), v1::ERROR);
}

TEST(Expectations, AMetricThatNobodyHasIsAnError) {
  v1::ExperimentSpec spec = Spec();
  Expect(&spec, "below", "loaded", "linear.no_such");
  v1::Comparison comparison = Compare(spec, "e", "stock", EightSeeds());
  EXPECT_EQ(comparison.rows(2).metric(), "linear.no_such");
  EXPECT_EQ(comparison.rows(2).n(), 0u);
  EXPECT_EQ(comparison.rows(2).verdict(), v1::ERROR);
}

TEST(Expectations, ARunThatIsNotDoneLeavesTheVerdictOpen) {
  std::vector<RunMetrics> runs = EightSeeds();
  runs.back().verdict = v1::VERDICT_UNSPECIFIED;
  EXPECT_EQ(RowVerdict("below", runs), v1::VERDICT_UNSPECIFIED);
}

TEST(Expectations, SpeakOnlyOfTheirMachineAndWorkload) {
  v1::ExperimentSpec spec = Spec();
  spec.add_machines("other");
  std::vector<RunMetrics> runs = EightSeeds();
  for (RunMetrics run : EightSeeds()) {
    run.machine = "other";
    runs.push_back(run);
  }
  Expect(&spec, "below")->set_machine("other");
  v1::Comparison comparison = Compare(spec, "e", "stock", runs);
  ASSERT_EQ(comparison.rows_size(), 4);
  EXPECT_EQ(comparison.rows(1).verdict(), v1::VERDICT_UNSPECIFIED);
  EXPECT_EQ(comparison.rows(3).verdict(), v1::PASS);
}

TEST(Expectations, DoNotSpeakOfAWorkloadWithoutThePhase) {
  v1::ExperimentSpec spec = Spec();
  spec.add_workloads("boot");
  std::vector<RunMetrics> runs = EightSeeds();
  for (RunMetrics run : EightSeeds()) {
    run.workload = "boot";
    run.phases.pop_back();
    runs.push_back(run);
  }
  Expect(&spec, "below");
  ExperimentVerdict verdict = Judge(spec, Compare(spec, "e", "stock", runs), runs);
  EXPECT_EQ(verdict.verdict, v1::PASS) << verdict.summary;
}

ExperimentVerdict JudgeThese(const v1::ExperimentSpec& spec, const std::vector<RunMetrics>& runs) {
  return Judge(spec, Compare(spec, "e", "stock", runs), runs);
}

TEST(Judge, PassSaysWhatWasFound) {
  v1::ExperimentSpec spec = Spec();
  Expect(&spec, "below");
  ExperimentVerdict verdict = JudgeThese(spec, EightSeeds());
  EXPECT_EQ(verdict.verdict, v1::PASS);
  EXPECT_THAT(verdict.summary, StartsWith("rox: linear.l3_entries after loaded -15.2 % [-"));
  EXPECT_THAT(verdict.summary, HasSubstr("], p = 0.0078, 8 of 8 seeds lower"));
  Expect(&spec, "equal", "boot");
  EXPECT_THAT(JudgeThese(spec, EightSeeds()).summary, HasSubstr("; 1 more as expected"));
}

TEST(Judge, FailSaysWhatWasExpected) {
  v1::ExperimentSpec spec = Spec();
  Expect(&spec, "above");
  ExperimentVerdict verdict = JudgeThese(spec, EightSeeds());
  EXPECT_EQ(verdict.verdict, v1::FAIL);
  EXPECT_THAT(verdict.summary,
              StartsWith("expected above the baseline: rox: linear.l3_entries after loaded -15.2"));
  verdict = JudgeThese(spec, {OneRun("stock", 1, 100), OneRun("rox", 1, 190)});
  EXPECT_THAT(verdict.summary, HasSubstr("takes at least 6 seeds"));
}

TEST(Judge, TheSummarySaysWhenOnlyTheTestIsMissing) {
  v1::ExperimentSpec spec = Spec();
  Expect(&spec, "below");
  ExperimentVerdict verdict = JudgeThese(spec, FourOfEightLower());
  EXPECT_EQ(verdict.verdict, v1::FAIL);
  EXPECT_THAT(verdict.summary, StartsWith("expected below the baseline with p at most 0.05: "));
  EXPECT_THAT(verdict.summary, HasSubstr("], p = 0.12, 4 of 8 seeds lower, 4 equal"));
}

TEST(Judge, TheSummarySaysWhenTheIntervalAloneDecided) {
  v1::ExperimentSpec spec = Spec();
  Expect(&spec, "below")->set_evidence("interval");
  ExperimentVerdict verdict = JudgeThese(spec, FourOfEightLower());
  EXPECT_EQ(verdict.verdict, v1::PASS);
  EXPECT_THAT(verdict.summary, HasSubstr("4 equal, by its interval alone"));
  EXPECT_THAT(JudgeThese(spec, EightSeeds()).summary, Not(HasSubstr("alone")));
}

TEST(Judge, AFailedRunFailsTheExperimentAndIsNamed) {
  v1::ExperimentSpec spec = Spec();
  Expect(&spec, "below");
  std::vector<RunMetrics> runs = EightSeeds();
  runs[1].verdict = v1::FAIL;
  runs[3].verdict = v1::ERROR;
  ExperimentVerdict verdict = JudgeThese(spec, runs);
  EXPECT_EQ(verdict.verdict, v1::FAIL);
  EXPECT_EQ(verdict.summary, "1 of 16 runs failed (rox on qemu, modules: 1 of 8)");
}

TEST(Judge, ErrorIsOursAndComesAfterFail) {
  v1::ExperimentSpec spec = Spec();
  Expect(&spec, "below");
  std::vector<RunMetrics> runs = EightSeeds();
  runs[0].verdict = v1::ERROR;
  ExperimentVerdict verdict = JudgeThese(spec, runs);
  EXPECT_EQ(verdict.verdict, v1::ERROR);
  EXPECT_THAT(verdict.summary, HasSubstr("1 of 16 runs ended in an error of the lab"));
}

TEST(Judge, CancelledMissingAndUnfinishedAreToldApart) {
  v1::ExperimentSpec spec = Spec();
  Expect(&spec, "below");
  std::vector<RunMetrics> runs = EightSeeds();
  runs[0].verdict = v1::CANCELLED;
  EXPECT_EQ(JudgeThese(spec, runs).verdict, v1::CANCELLED);
  runs[0].verdict = v1::VERDICT_UNSPECIFIED;
  EXPECT_EQ(JudgeThese(spec, runs).verdict, v1::VERDICT_UNSPECIFIED);
  EXPECT_EQ(JudgeThese(spec, {}).verdict, v1::ERROR);

  v1::ExperimentSpec typo = Spec();
  Expect(&typo, "below", "laoded");
  ExperimentVerdict verdict = JudgeThese(typo, EightSeeds());
  EXPECT_EQ(verdict.verdict, v1::ERROR);
  EXPECT_EQ(verdict.summary, "no run has linear.l3_entries of rox after laoded");
}

TEST(Judge, WithoutExpectationsPassedRunsPass) {
  ExperimentVerdict verdict = JudgeThese(Spec(), EightSeeds());
  EXPECT_EQ(verdict.verdict, v1::PASS);
  EXPECT_EQ(verdict.summary, "all of 16 runs passed; nothing was expected");
}

}  // namespace
}  // namespace roxlab
