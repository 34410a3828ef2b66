// SPDX-License-Identifier: Apache-2.0
#include "server/lab/report.h"

#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "common/printable.h"
#include "common/status_macros.h"
#include "report/report.h"
#include "server/lab/comparison.h"
#include "server/lab/lab.h"
#include "server/lab/queries.h"

namespace roxlab {
namespace {

constexpr size_t kMaxVersion = 1000;  // Bytes.

// First line of `qemu --version`; empty for a run that did not keep it.
std::string QemuVersion(const ArtifactStore& store, const v1::Run& run) {
  for (const v1::Artifact& artifact : run.artifacts()) {
    if (artifact.name() != "qemu-version.txt") continue;
    const absl::StatusOr<std::string> version = store.ReadAll(artifact.sha256());
    if (version.ok()) return Printable(absl::StripAsciiWhitespace(*version), kMaxVersion);
  }
  return "";
}

// A passed run of each machine.
absl::StatusOr<std::vector<ReportInput::Sample>> Samples(Lab& lab,
                                                         const v1::GetExperimentResponse& state) {
  std::vector<ReportInput::Sample> samples;
  std::set<std::string> machines;
  for (const v1::Run& run : state.runs()) {
    if (run.verdict() != v1::PASS || !machines.insert(run.machine()).second) continue;
    ROXLAB_ASSIGN_OR_RETURN(v1::Run whole, GetRun(lab, run.id()));
    std::string version = QemuVersion(lab.store(), whole);
    samples.push_back({std::move(whole), std::move(version)});
  }
  return samples;
}

// NOT_FOUND for a metric that the comparison has not.
absl::Status CheckMetrics(const v1::GetReportRequest& request, const v1::Comparison& comparison) {
  std::set<std::string> known;
  for (const v1::ComparisonRow& row : comparison.rows()) known.insert(row.metric());
  for (const std::string& metric : request.metrics())
    if (!known.contains(metric))
      return absl::NotFoundError(absl::StrCat("the experiment has no metric '", metric,
                                              "'; 'roxlab compare --all' lists them"));
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<v1::Report> GetReport(Lab& lab, const v1::GetReportRequest& request) {
  v1::Report report;
  ROXLAB_ASSIGN_OR_RETURN(*report.mutable_media_type(), ReportMediaType(request.format()));
  ReportInput input;
  ROXLAB_ASSIGN_OR_RETURN(input.state, GetExperiment(lab, request.id()));
  v1::CompareRequest compare;
  compare.set_id(input.state.experiment().id());
  ROXLAB_ASSIGN_OR_RETURN(input.comparison, CompareAsAsked(lab, compare));
  ROXLAB_RETURN_IF_ERROR(CheckMetrics(request, input.comparison));
  ROXLAB_ASSIGN_OR_RETURN(input.samples, Samples(lab, input.state));
  ROXLAB_ASSIGN_OR_RETURN(
      *report.mutable_content(),
      Report(
          request.format(), input,
          {.all = request.all(), .metrics = {request.metrics().begin(), request.metrics().end()}}));
  return report;
}

}  // namespace roxlab
