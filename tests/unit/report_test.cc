// SPDX-License-Identifier: Apache-2.0
//
// What `roxlab report` prints, as people will read it.
#include "report/report.h"

#include <gmock/gmock.h>
#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "common/files.h"

namespace roxlab {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

// Two variants beside a baseline; one of them does nothing.
ReportInput Sample() {
  ReportInput input;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(
      R"(experiment { id: "3c7b0258e8ca" name: "rox-evidence" title: "the ROX cache, shown"
           state: DONE verdict: PASS summary: "rox-cache: linear.l3_entries after loaded -13.4 %"
           created_ms: 1795370400000 }
         builds { id: "133539aaca4b687c775b" base: "linux-7.3" base_tree: "5f0e"
           compiler: "aarch64-linux-gnu-gcc (Debian 12.2.0-14) 12.2.0" }
         builds { id: "7e3e9bf6165d00000000" base: "linux-7.3" base_tree: "5f0e"
           compiler: "aarch64-linux-gnu-gcc (Debian 12.2.0-14) 12.2.0"
           patches: "0001.patch" patches: "0002.patch" }
         runs { id: "3c7b0258e8ca-1" variant: "stock" build: "133539aaca4b687c775b"
           machine: "qemu-bbml3" workload: "modules" seed: 1 state: DONE verdict: PASS }
         runs { id: "3c7b0258e8ca-2" variant: "rox-cache" build: "7e3e9bf6165d00000000"
           machine: "qemu-bbml3" workload: "modules" seed: 1 state: DONE verdict: PASS }
         runs { id: "3c7b0258e8ca-3" variant: "idle" build: "133539aaca4b687c775b"
           machine: "qemu-bbml3" workload: "modules" seed: 1 state: DONE verdict: PASS })",
      &input.state));
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(
      R"(experiment: "3c7b0258e8ca" baseline: "stock"
         rows { variant: "rox-cache" machine: "qemu-bbml3" workload: "modules" phase: "boot"
           metric: "linear.l3_entries" unit: "entries" n: 24 baseline_median: 1536
           baseline_mean: 1536 median: 1536 mean: 1536 delta_percent: 0 ci95: 0 ci95: 0 p_value: 1
           p_holm: 1 key: true }
         rows { variant: "rox-cache" machine: "qemu-bbml3" workload: "modules" phase: "loaded"
           metric: "linear.l3_entries" unit: "entries" n: 24 baseline_median: 5632
           baseline_mean: 5589.5 median: 5120 mean: 4842.5 delta_percent: -13.364 ci95: -17.93
           ci95: -8.61 p_value: 0.00012 p_holm: 0.00024 verdict: PASS key: true }
         rows { variant: "rox-cache" machine: "qemu-bbml3" workload: "modules" phase: "loaded"
           metric: "vmalloc.l3_entries" unit: "entries" n: 24 baseline_median: 900
           baseline_mean: 900 median: 901 mean: 901 delta_percent: 0.111 ci95: -0.5 ci95: 0.7
           p_value: 0.61 p_holm: 1 }
         rows { variant: "idle" machine: "qemu-bbml3" workload: "modules" phase: "loaded"
           metric: "linear.l3_entries" unit: "entries" n: 24 baseline_median: 5632
           baseline_mean: 5589.5 median: 5632 mean: 5640 delta_percent: 0.9 ci95: -3.1 ci95: 5.2
           p_value: 0.7 p_holm: 0.7 verdict: FAIL key: true })",
      &input.comparison));
  v1::Run run = input.state.runs(0);
  for (const char* word : {"qemu-system-aarch64", "-cpu", "max,midr=0x410fd8a0", "-append",
                           "rodata=on console=ttyAMA0"})
    run.add_argv(word);
  input.samples.push_back({run, "QEMU emulator version 7.2.19"});
  return input;
}

std::string Golden(const std::string& name) {
  absl::StatusOr<std::string> text = ReadFile(ROXLAB_SOURCE_DIR "/tests/data/" + name);
  EXPECT_TRUE(text.ok()) << text.status();
  return text.ok() ? *text : "";
}

TEST(Report, MarkdownIsReadyForACoverLetter) {
  EXPECT_EQ(ReportMarkdown(Sample()), Golden("report.md"));
}

TEST(Report, HtmlIsOnePageByItself) { EXPECT_EQ(ReportHtml(Sample()), Golden("report.html")); }

TEST(Report, CsvHasEveryRowAndEveryFigure) { EXPECT_EQ(ReportCsv(Sample()), Golden("report.csv")); }

TEST(Report, JsonHasTheComparisonAndAllAroundIt) {
  const nlohmann::json json = nlohmann::json::parse(ReportJson(Sample()));
  EXPECT_EQ(json["experiment"]["verdict"], "PASS");
  EXPECT_EQ(json["comparison"]["rows"].size(), 4u);
  EXPECT_EQ(json["comparison"]["rows"][1]["p_holm"], 0.00024);
  EXPECT_EQ(json["builds"][0]["variants"], nlohmann::json({"stock", "idle"}));
  EXPECT_EQ(json["builds"][1]["patches"].size(), 2u);
  EXPECT_EQ(json["machines"][0]["qemu_version"], "QEMU emulator version 7.2.19");
  EXPECT_EQ(json["claims"].size(), 2u);
  EXPECT_EQ(json["reproduce"].size(), 3u);
}

TEST(Report, AllShowsTheRowsThatTellLess) {
  EXPECT_THAT(ReportMarkdown(Sample()), Not(HasSubstr("vmalloc")));
  EXPECT_THAT(ReportMarkdown(Sample(), {.all = true, .metrics = {}}),
              HasSubstr("| loaded | vmalloc.l3_entries | rox-cache | 24 | 900 | 901 | +0.1 % "));
}

TEST(Report, OneMetricIsShownAndWhatWasClaimedOfOthersIsStillTold) {
  ReportOptions options;
  options.metrics = {"vmalloc.l3_entries"};
  const std::string text = ReportMarkdown(Sample(), options);
  EXPECT_THAT(text, HasSubstr("| vmalloc.l3_entries |"));
  EXPECT_THAT(text, Not(HasSubstr("| linear.l3_entries |")));
  EXPECT_THAT(text, Not(HasSubstr("Nothing was claimed")));
}

TEST(Report, WhatComesFromOutsideStaysText) {
  ReportInput input = Sample();
  input.state.mutable_experiment()->set_title("<script>alert('x')</script> | *bold*");
  input.comparison.mutable_rows(1)->set_phase("</td>,\"|");
  const std::string html = ReportHtml(input);
  EXPECT_THAT(html, Not(HasSubstr("<script>")));
  EXPECT_THAT(html, HasSubstr("&lt;script&gt;alert(&#39;x&#39;)"));
  EXPECT_THAT(html, HasSubstr("<td>&lt;/td&gt;,&quot;|</td>"));
  EXPECT_THAT(ReportMarkdown(input),
              StartsWith("# \\<script>alert('x')\\</script> \\| \\*bold\\*\n"));
  EXPECT_THAT(ReportMarkdown(input), HasSubstr("| \\</td>,\"\\| | linear.l3_entries |"));
  EXPECT_THAT(ReportCsv(input), HasSubstr("modules,\"</td>,\"\"|\",linear.l3_entries"));
}

TEST(Report, SeedsThatWereNotFixedBeforehandAreSaid) {
  ReportInput input = Sample();
  v1::AutoSeeds& seeds = *input.state.mutable_experiment()->mutable_spec()->mutable_auto_seeds();
  seeds.set_start(8);
  seeds.set_step(4);
  seeds.set_limit(64);
  seeds.set_width_percent(10);
  EXPECT_THAT(ReportMarkdown(input), HasSubstr("- The number of seeds was not fixed beforehand: "
                                               "from 8 on, 4 were added at a time until"));
}

TEST(Report, AVerdictByTheIntervalAloneIsSaid) {
  ReportInput input = Sample();
  v1::Expectation& expectation = *input.state.mutable_experiment()->mutable_spec()->add_expect();
  expectation.set_variant("rox-cache");
  expectation.set_metric("linear.l3_entries");
  expectation.set_phase("loaded");
  expectation.set_evidence("interval");
  EXPECT_THAT(ReportMarkdown(input), HasSubstr("goes by its interval alone, whatever p is."));
}

TEST(Report, NothingMeasuredIsNotAnEmptyTable) {
  const std::string text = ReportMarkdown({});
  EXPECT_THAT(text, HasSubstr("Not done yet"));
  EXPECT_THAT(text, HasSubstr("Nothing was claimed beforehand"));
  EXPECT_THAT(ReportCsv({}), StartsWith("variant,machine,"));
}

TEST(Report, AnUnknownFormatIsRefused) {
  EXPECT_TRUE(absl::IsInvalidArgument(Report("pdf", Sample(), {}).status()));
  EXPECT_TRUE(Report("csv", Sample(), {}).ok());
}

}  // namespace
}  // namespace roxlab
