// SPDX-License-Identifier: Apache-2.0
//
// SubmitExperiment with validate_only, ReadSeries and GetReport.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/server_fixture.h"

namespace roxlab {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

class ServerPreviewTest : public ServerTest {
 protected:
  absl::StatusOr<v1::SubmitExperimentResponse> Check(const v1::ExperimentSpec& spec,
                                                     const std::string& request_id = "") {
    v1::SubmitExperimentRequest request;
    *request.mutable_spec() = spec;
    request.set_validate_only(true);
    request.set_request_id(request_id);
    return Call(&v1::Lab::Stub::SubmitExperiment, request);
  }
  // Does all of an experiment, each build in 100 seconds and each run in 10.
  void DoInTime(const std::string& id) {
    FakeRunner runner = MakeRunner("r1");
    runner.says().set_run_slots(0);  // Until all is built.
    auto work = [&](absl::Duration step) {
      ASSERT_TRUE(runner.WaitForJobs(1).ok());
      const std::map<std::string, v1::Job> jobs = runner.jobs();
      for (int i = 0; i < 10; ++i) {  // No lease ends meanwhile.
        clock_.Advance(step);
        ASSERT_TRUE(runner.Synchronize(0).ok());
      }
      for (const auto& [job_id, job] : jobs) ASSERT_TRUE(runner.Finish(runner.Passed(job)).ok());
    };
    while (Get(id).experiment().builds().passed() < 2) work(absl::Seconds(10));
    runner.says().set_run_slots(2);
    while (Get(id).experiment().runs().passed() < 4) work(absl::Seconds(1));
    AwaitDone(id);
  }
};

TEST_F(ServerPreviewTest, ItSaysWhatWouldBeDoneAndStoresNothing) {
  const auto checked = Check(TestExperiment());
  ASSERT_TRUE(checked.ok()) << checked.status();
  EXPECT_EQ(checked->experiment().id(), "");
  EXPECT_EQ(checked->experiment().name(), "rox-vs-stock");
  EXPECT_EQ(checked->experiment().builds().total(), 2u);
  EXPECT_EQ(checked->experiment().builds().queued(), 2u);
  EXPECT_EQ(checked->experiment().runs().total(), 4u);
  EXPECT_EQ(checked->builds_reused(), 0u);
  EXPECT_EQ(checked->estimate_seconds(), 0u);
  EXPECT_EQ(Call(&v1::Lab::Stub::ListExperiments, v1::ListExperimentsRequest())->total(), 0u);
  EXPECT_EQ(Call(&v1::Lab::Stub::ListBuilds, v1::ListBuildsRequest())->total(), 0u);
  std::vector<std::string> files;
  for (const auto& entry :
       std::filesystem::recursive_directory_iterator(home_.path() / "home" / "artifacts"))
    if (entry.is_regular_file()) files.push_back(entry.path());
  EXPECT_THAT(files, IsEmpty());
}

TEST_F(ServerPreviewTest, ItRefusesWhatASubmissionWouldInTheSameWords) {
  v1::ExperimentSpec spec = TestExperiment();
  spec.set_variants(0, "stok");
  const absl::Status checked = Check(spec).status();
  EXPECT_FALSE(checked.ok());
  EXPECT_EQ(checked, Submit(spec).status());
}

TEST_F(ServerPreviewTest, ARequestIdThatWasUsedChangesNothing) {
  ASSERT_TRUE(Submit(TestExperiment(), "one").ok());
  const auto checked = Check(TestExperiment(), "one");
  ASSERT_TRUE(checked.ok());
  EXPECT_EQ(checked->experiment().id(), "");
}

TEST_F(ServerPreviewTest, TheEstimateIsMadeOfWhatWasDoneBefore) {
  DoInTime(Submit(TestExperiment())->experiment().id());
  const auto again = Check(TestExperiment());
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(again->builds_reused(), 2u);
  EXPECT_EQ(again->experiment().builds().passed(), 2u);
  EXPECT_EQ(again->estimate_seconds(), 20u);  // Four runs, two at a time.

  v1::ExperimentSpec changed = TestExperiment();
  v1::Variant& mine = *changed.add_define();
  mine.set_name("mine");
  mine.set_base("linux-7.3");
  const auto with_build = Check(changed);
  ASSERT_TRUE(with_build.ok()) << with_build.status();
  EXPECT_EQ(with_build->builds_reused(), 2u);
  EXPECT_EQ(with_build->estimate_seconds(), 100u + 30u);

  ASSERT_TRUE(Submit(TestExperiment()).ok());
  EXPECT_EQ(Check(TestExperiment())->estimate_seconds(), 20u + 20u);  // After what is queued.
}

TEST_F(ServerPreviewTest, ASeriesIsTakenApartAsItsSubmittersHaveIt) {
  v1::ReadSeriesRequest request;
  request.set_name("dir/my series.mbox");
  const std::string mail =
      "From 0 Mon Sep 17 00:00:00 2001\nSubject: x\n\n--- a/f\n+++ b/f\n@@ -1 +1 @@\n";
  request.set_content(mail + mail);
  const auto series = Call(&v1::Lab::Stub::ReadSeries, request);
  ASSERT_TRUE(series.ok()) << series.status();
  EXPECT_EQ(series->name(), "my-series");
  ASSERT_EQ(series->patches_size(), 2);
  EXPECT_EQ(series->patches(1).name(), "my series.mbox#2");
  EXPECT_EQ(series->patches(1).content(), mail);
}

TEST_F(ServerPreviewTest, AFileWithoutAPatchIsRefusedByItsName) {
  v1::ReadSeriesRequest request;
  request.set_name("letter.txt");
  request.set_content("dear all\n");
  const absl::Status status = Call(&v1::Lab::Stub::ReadSeries, request).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(status.message()), HasSubstr("letter.txt holds no patch"));
  for (const char* name : {"", "..\n", "a/"}) {
    request.set_name(name);
    EXPECT_THAT(Call(&v1::Lab::Stub::ReadSeries, request).status().message(),
                HasSubstr("printable characters"));
  }
}

TEST_F(ServerPreviewTest, AReportIsTheExperimentInTheFormatAskedFor) {
  const std::string id = Submit(TestExperiment())->experiment().id();
  FakeRunner runner = MakeRunner("r1");
  DoAllWork(runner, id, [](const v1::Run& run) { return run.variant() == "stock" ? 9 : 1; });
  v1::GetReportRequest request;
  request.set_id(id.substr(0, 8));
  const std::map<std::string, std::string> types = {{"markdown", "text/markdown"},
                                                    {"html", "text/html"},
                                                    {"csv", "text/csv"},
                                                    {"json", "application/json"}};
  for (const auto& [format, type] : types) {
    request.set_format(format);
    const auto report = Call(&v1::Lab::Stub::GetReport, request);
    ASSERT_TRUE(report.ok()) << report.status();
    EXPECT_EQ(report->media_type(), type);
    EXPECT_THAT(report->content(), HasSubstr("linear.l3_entries"));
  }
  request.set_format("pdf");
  EXPECT_THAT(Call(&v1::Lab::Stub::GetReport, request).status().message(),
              HasSubstr("unknown format 'pdf'"));
  request.set_format("markdown");
  request.add_metrics("linear.l3_entires");
  EXPECT_EQ(Call(&v1::Lab::Stub::GetReport, request).status().code(), absl::StatusCode::kNotFound);
}

TEST_F(ServerPreviewTest, AReportNamesTheQemuOfARunWhateverBytesItIsMadeOf) {
  const std::string id = Submit(TestExperiment())->experiment().id();
  FakeRunner runner = MakeRunner("r1");
  while (Get(id).experiment().runs().passed() < 4) {
    ASSERT_TRUE(runner.WaitForJobs(1).ok());
    v1::FinishJobRequest result = runner.Passed(runner.job());
    if (runner.job().has_run())
      *result.add_artifacts() = *runner.Upload("qemu-version.txt", "QEMU \xff 7.2\n");
    ASSERT_TRUE(runner.Finish(result).ok());
  }
  v1::GetReportRequest request;
  request.set_id(id);
  request.set_format("markdown");
  const auto report = Call(&v1::Lab::Stub::GetReport, request);
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_THAT(report->content(), HasSubstr("qemu-a: QEMU ? 7.2"));
}

}  // namespace
}  // namespace roxlab
