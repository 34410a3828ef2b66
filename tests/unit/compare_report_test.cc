// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <nlohmann/json.hpp>

#include "absl/strings/match.h"
#include "report/comparison.h"
#include "report/table.h"

namespace roxlab {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

v1::ComparisonRow Row(const std::string& metric) {
  v1::ComparisonRow row;
  row.set_variant("rox-cache");
  row.set_machine("qemu-bbml3");
  row.set_workload("modules");
  row.set_phase("loaded");
  row.set_metric(metric);
  row.set_unit("entries");
  row.set_n(8);
  row.set_baseline_median(5888);
  row.set_baseline_mean(5888);
  row.set_median(5120);
  row.set_mean(4992.5);
  row.set_delta_percent(-15.25);
  row.add_ci95(-18.5);
  row.add_ci95(-12);
  row.set_p_value(0.0078125);
  row.set_p_holm(0.03125);
  row.set_key(absl::StartsWith(metric, "linear."));
  return row;
}

v1::Comparison Sample() {
  v1::Comparison comparison;
  comparison.set_experiment("rox-vs-stock-1");
  comparison.set_baseline("stock");
  *comparison.add_rows() = Row("linear.l3_entries");
  comparison.mutable_rows(0)->set_verdict(v1::PASS);
  *comparison.add_rows() = Row("vmalloc.l3_entries");
  return comparison;
}

TEST(ComparisonJson, HasTheAgreedShapeAndNothingElse) {
  v1::Comparison comparison = Sample();
  comparison.mutable_rows()->RemoveLast();
  EXPECT_EQ(ComparisonJson(comparison),
            R"({"experiment": "rox-vs-stock-1", "baseline": "stock", "rows": [
  {"variant":"rox-cache","machine":"qemu-bbml3","workload":"modules","phase":"loaded",)"
            R"("metric":"linear.l3_entries","unit":"entries","n":8,"baseline_median":5888.0,)"
            R"("baseline_mean":5888.0,"median":5120.0,"mean":4992.5,"delta_percent":-15.25,)"
            R"("ci95":[-18.5,-12.0],"p_value":0.0078125,"verdict":"PASS","p_holm":0.03125}
]}
)");
}

TEST(ComparisonJson, WhatIsAbsentIsNull) {
  v1::Comparison comparison;
  v1::ComparisonRow* row = comparison.add_rows();
  row->set_verdict(v1::ERROR);
  nlohmann::json json = nlohmann::json::parse(ComparisonJson(comparison));
  for (const char* key : {"baseline_median", "baseline_mean", "median", "mean", "delta_percent",
                          "ci95", "p_value", "p_holm"})
    EXPECT_TRUE(json["rows"][0][key].is_null()) << key;
  EXPECT_EQ(json["rows"][0]["n"], 0);
  EXPECT_EQ(json["rows"][0]["verdict"], "ERROR");
  row->set_n(1);
  row->set_mean(0);
  row->set_verdict(v1::VERDICT_UNSPECIFIED);
  json = nlohmann::json::parse(ComparisonJson(comparison));
  EXPECT_EQ(json["rows"][0]["mean"], 0);
  EXPECT_EQ(json["rows"][0]["verdict"], "NONE");
}

TEST(ComparisonJson, IsJsonWhateverTheTextsAndNumbersAre) {
  v1::Comparison comparison = Sample();
  comparison.set_experiment("a\"b\\c\n\x01\xff");
  comparison.mutable_rows(0)->set_mean(std::numeric_limits<double>::infinity());
  nlohmann::json json = nlohmann::json::parse(ComparisonJson(comparison), nullptr, false);
  ASSERT_FALSE(json.is_discarded());
  EXPECT_TRUE(json["rows"][0]["mean"].is_null());
  EXPECT_EQ(nlohmann::json::parse(ComparisonJson({}))["rows"].size(), 0u);
}

TEST(ComparisonTable, ShowsExpectedAndKeyRowsAligned) {
  v1::Comparison comparison = Sample();
  *comparison.add_rows() = Row("linear.table_bytes");
  comparison.mutable_rows(2)->set_unit("bytes");
  EXPECT_EQ(ComparisonTable(comparison),
            R"(rox-cache against stock on qemu-bbml3, workload modules, means:
  after   metric              n    stock  rox-cache   change   95 % interval       p  p (Holm)  verdict
  loaded  linear.l3_entries   8    5,888    4,992.5  -15.2 %  [-18.5, -12.0]  0.0078    0.0312  PASS
  loaded  linear.table_bytes  8  5.8 KiB    4.9 KiB  -15.2 %  [-18.5, -12.0]  0.0078    0.0312
)");
}

TEST(ComparisonTable, ShowsEverythingWhenAsked) {
  EXPECT_THAT(ComparisonTable(Sample()), Not(HasSubstr("vmalloc")));
  EXPECT_THAT(ComparisonTable(Sample(), {.all = true}), HasSubstr("vmalloc.l3_entries"));
}

TEST(ComparisonTable, StartsANewHeadingWhereTheMachineChanges) {
  v1::Comparison comparison = Sample();
  comparison.mutable_rows(1)->set_machine("qemu-no-bbml3");
  std::string text = ComparisonTable(comparison, {.all = true});
  EXPECT_THAT(text, HasSubstr("\n\nrox-cache against stock on qemu-no-bbml3"));
}

TEST(ComparisonTable, HasADashForWhatIsAbsentAndNoTrailingSpaces) {
  v1::Comparison comparison = Sample();
  v1::ComparisonRow* row = comparison.mutable_rows(0);
  row->clear_delta_percent();
  row->clear_ci95();
  row->clear_p_value();
  row->clear_p_holm();
  row->set_n(0);
  row->set_verdict(v1::VERDICT_UNSPECIFIED);
  std::string text = ComparisonTable(comparison, {.all = true});
  EXPECT_THAT(text, HasSubstr("-       -"));
  EXPECT_EQ(text.find(" \n"), std::string::npos);
  EXPECT_EQ(ComparisonTable({}), "nothing to compare\n");
}

TEST(Table, NumbersAreGrouped) {
  EXPECT_EQ(Grouped(0), "0");
  EXPECT_EQ(Grouped(999), "999");
  EXPECT_EQ(Grouped(1000), "1,000");
  EXPECT_EQ(Grouped(262144), "262,144");
  EXPECT_EQ(Grouped(-1234567), "-1,234,567");
  EXPECT_EQ(Grouped(1234.5), "1,234.5");
  EXPECT_EQ(Grouped(std::numeric_limits<double>::quiet_NaN()), "-");
}

}  // namespace
}  // namespace roxlab
