// SPDX-License-Identifier: Apache-2.0
//
// Lab.Compare with its two sides, and Lab.GetLinearMap.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/files.h"
#include "tests/support/server_fixture.h"

namespace roxlab {
namespace {

using ::testing::HasSubstr;

class ServerCompareTest : public ServerTest {
 protected:
  // An experiment whose runs measure 1000 with stock and, with any other variant, `less` less.
  std::string Measured(const v1::ExperimentSpec& spec, double less = 0) {
    const std::string id = Submit(spec)->experiment().id();
    FakeRunner runner = MakeRunner("r1");
    DoAllWork(runner, id, [&](const v1::Run& run) {
      return 1000 + static_cast<double>(run.seed()) - (run.variant() == "stock" ? 0 : less);
    });
    return id;
  }
  static v1::ExperimentSpec Plain(const std::string& seeds = "1-3") {
    v1::ExperimentSpec spec = TestExperiment();
    spec.clear_expect();
    *spec.mutable_seeds(0) = seeds;
    return spec;
  }
  static v1::CompareRequest Sides(const std::string& baseline, const std::string& of,
                                  const std::string& candidate, const std::string& with) {
    v1::CompareRequest request;
    request.mutable_baseline()->set_experiment(baseline);
    request.mutable_baseline()->set_variant(of);
    request.mutable_candidate()->set_experiment(candidate);
    request.mutable_candidate()->set_variant(with);
    return request;
  }
  absl::StatusOr<v1::Comparison> Compare(const v1::CompareRequest& request) {
    return Call(&v1::Lab::Stub::Compare, request);
  }
  // The whole error, for HasSubstr.
  std::string ErrorOf(const v1::CompareRequest& request) {
    return Compare(request).status().ToString();
  }
};

TEST_F(ServerCompareTest, VariantsOfTwoExperimentsArePairedBySeed) {
  const std::string first = Measured(Plain("1-3")), second = Measured(Plain("2-5"), 100);
  v1::CompareRequest request = Sides(first.substr(0, 10), "stock", second, "rox-cache");
  request.set_pairs(true);
  const auto comparison = Compare(request);
  ASSERT_TRUE(comparison.ok()) << comparison.status();
  EXPECT_EQ(comparison->experiment(), second);
  EXPECT_EQ(comparison->baseline(), first + "/stock");
  ASSERT_EQ(comparison->rows_size(), 1);
  const v1::ComparisonRow& row = comparison->rows(0);
  EXPECT_EQ(row.variant(), "rox-cache");
  EXPECT_EQ(row.n(), 2u);  // Seeds 2 and 3.
  EXPECT_EQ(row.mean() - row.baseline_mean(), -100);
  ASSERT_EQ(row.pairs_size(), 2);
  EXPECT_EQ(row.pairs(0).seed(), 2u);
  EXPECT_EQ(row.pairs(0).baseline(), 1002);
  EXPECT_EQ(row.pairs(0).value(), 902);
  const v1::Run baseline = GetRun(row.pairs(0).baseline_run()), run = GetRun(row.pairs(0).run());
  EXPECT_EQ(baseline.experiment(), first);
  EXPECT_EQ(baseline.variant(), "stock");
  EXPECT_EQ(run.experiment(), second);
  EXPECT_EQ(run.variant(), "rox-cache");
  EXPECT_EQ(run.seed(), 2u);
}

TEST_F(ServerCompareTest, WithoutVariantsEachIsHeldAgainstItself) {
  v1::ExperimentSpec changed = Plain();
  changed.clear_variants();
  changed.add_variants("rox-cache");
  changed.clear_baseline();
  const std::string first = Measured(Plain(), 10), second = Measured(changed, 30);
  const auto comparison = Compare(Sides(first, "", second, ""));
  ASSERT_TRUE(comparison.ok()) << comparison.status();
  EXPECT_EQ(comparison->baseline(), first);
  ASSERT_EQ(comparison->rows_size(), 1);
  EXPECT_EQ(comparison->rows(0).variant(), "rox-cache");
  EXPECT_EQ(comparison->rows(0).mean() - comparison->rows(0).baseline_mean(), -20);
  EXPECT_EQ(comparison->rows(0).pairs_size(), 0);
}

TEST_F(ServerCompareTest, AVariantAgainstItselfShowsNothing) {
  const std::string id = Measured(Plain());
  const auto comparison = Compare(Sides(id, "stock", id, "stock"));
  ASSERT_TRUE(comparison.ok()) << comparison.status();
  ASSERT_EQ(comparison->rows_size(), 1);
  EXPECT_EQ(comparison->rows(0).delta_percent(), 0);
  EXPECT_EQ(comparison->rows(0).p_holm(), 1);
}

TEST_F(ServerCompareTest, ExpectationsSpeakOnlyAgainstTheirOwnBaseline) {
  const std::string id = Measured(TestExperiment(), 100);
  EXPECT_EQ(Compare(Sides(id, "stock", id, "rox-cache"))->rows(0).verdict(), v1::PASS);
  EXPECT_EQ(Compare(Sides(id, "rox-cache", id, "stock"))->rows(0).verdict(),
            v1::VERDICT_UNSPECIFIED);
}

TEST_F(ServerCompareTest, VariantsOfDifferentBasesAreRefusedByName) {
  v1::ExperimentSpec other = Plain();
  other.clear_variants();
  other.clear_baseline();
  v1::Variant& old = *other.add_define();
  old.set_name("old");
  old.set_base("linux-7.2");
  const std::string first = Measured(Plain()), second = Measured(other);
  EXPECT_THAT(ErrorOf(Sides(first, "stock", second, "old")),
              ::testing::AllOf(HasSubstr("INVALID_ARGUMENT"), HasSubstr("linux-7.3"),
                               HasSubstr("linux-7.2"), HasSubstr("not comparable")));
}

TEST_F(ServerCompareTest, AMachineThatMeantSomethingElseIsRefused) {
  const std::string first = Measured(Plain());
  catalog_.mutable_machines(0)->set_title("only a title");
  const std::string second = Measured(Plain());
  EXPECT_TRUE(Compare(Sides(first, "stock", second, "stock")).ok());
  catalog_.mutable_machines(0)->mutable_qemu()->set_cpu("cortex-a57");
  const std::string third = Measured(Plain());
  EXPECT_THAT(ErrorOf(Sides(first, "stock", third, "stock")),
              HasSubstr("machine 'qemu-a' was changed between"));
}

TEST_F(ServerCompareTest, AWrongQuestionIsToldWhatIsWrong) {
  const std::string id = Measured(Plain("1"));
  EXPECT_THAT(ErrorOf(Sides(id, "stok", id, "stock")),
              ::testing::AllOf(HasSubstr("NOT_FOUND"), HasSubstr("'stock'")));
  EXPECT_THAT(ErrorOf(Sides(id, "stock", id, "")), HasSubstr("both need a variant"));
  EXPECT_THAT(ErrorOf(Sides(id, "stock", "", "stock")), HasSubstr("both need an experiment"));
  EXPECT_THAT(ErrorOf(Sides("ffff", "stock", id, "stock")), HasSubstr("NOT_FOUND"));
  v1::CompareRequest both = Sides(id, "", id, "");
  both.set_id(id);
  EXPECT_THAT(ErrorOf(both), HasSubstr("not both"));
}

TEST_F(ServerCompareTest, PairsOfAnExperimentNameItsRuns) {
  const std::string id = Measured(Plain("7"), 5);
  v1::CompareRequest request;
  request.set_id(id);
  EXPECT_EQ(Compare(request)->rows(0).pairs_size(), 0);
  request.set_pairs(true);
  const auto comparison = Compare(request);
  ASSERT_EQ(comparison->rows(0).pairs_size(), 1);
  EXPECT_EQ(GetRun(comparison->rows(0).pairs(0).run()).variant(), "rox-cache");
}

class ServerLinearMapTest : public ServerTest {
 protected:
  // A run whose dump of phase "loaded" is this.
  std::string RunWith(const std::string& dump) {
    FakeRunner runner = MakeRunner("r1");
    const std::string id = Submit(TestExperiment())->experiment().id();
    while (Get(id).runs(0).state() != v1::DONE) {
      EXPECT_TRUE(runner.WaitForJobs(1).ok());
      v1::FinishJobRequest result = runner.Passed(runner.job());
      if (runner.job().has_run())
        *result.mutable_snapshots(0)->mutable_raw() = *runner.Upload("ptdump.loaded.txt", dump);
      EXPECT_TRUE(runner.Finish(result).ok());
    }
    return Get(id).runs(0).id();
  }
  absl::StatusOr<v1::LinearMap> MapOf(const std::string& run, const std::string& phase) {
    v1::GetLinearMapRequest request;
    request.set_run(run);
    request.set_phase(phase);
    return Call(&v1::Lab::Stub::GetLinearMap, request);
  }
};

TEST_F(ServerLinearMapTest, ItIsReadFromTheDumpOfThePhase) {
  const std::string run =
      RunWith(*ReadFile(ROXLAB_SOURCE_DIR "/tests/data/ptdump-stock-loaded.txt"));
  const auto map = MapOf(run, "loaded");
  ASSERT_TRUE(map.ok()) << map.status();
  EXPECT_GT(map->pages_size(), 10);
  EXPECT_EQ(map->start(), 0xffff000000000000);
  const absl::Status other = MapOf(run, "booted").status();
  EXPECT_EQ(other.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(other.message()), HasSubstr("but of: loaded"));
}

TEST_F(ServerLinearMapTest, ADumpThatCannotBeReadIsLostData) {
  const absl::Status status = MapOf(RunWith("no dump"), "loaded").status();
  EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss);
  EXPECT_THAT(std::string(status.message()), HasSubstr("line 1"));
}

TEST_F(ServerLinearMapTest, ARunThatIsNotDoneHasNone) {
  const std::string id = Submit(TestExperiment())->experiment().id();
  EXPECT_EQ(MapOf(id + "-1", "loaded").status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(MapOf(id + "-99", "loaded").status().code(), absl::StatusCode::kNotFound);
}

}  // namespace
}  // namespace roxlab
