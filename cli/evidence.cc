// SPDX-License-Identifier: Apache-2.0
//
// What is made for others to read and to try: report and reproduce.
#include <iostream>
#include <set>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "cli/commands.h"
#include "cli/download.h"
#include "cli/errors.h"
#include "common/status_macros.h"
#include "report/report.h"
#include "report/reproduce.h"

namespace roxlab {
namespace {

// First line of `qemu --version`; empty for a run that did not keep it.
std::string QemuVersion(ArtifactDownload& files, const v1::Run& run) {
  absl::StatusOr<std::string> version = files.Get(run.artifacts(), "qemu-version.txt");
  return version.ok() ? std::string(absl::StripAsciiWhitespace(*version)) : "";
}

// A passed run of each machine.
absl::StatusOr<std::vector<ReportInput::Sample>> Samples(const CliContext& context, LabClient& lab,
                                                         const v1::GetExperimentResponse& state) {
  ArtifactDownload files(context);
  std::vector<ReportInput::Sample> samples;
  std::set<std::string> machines;
  for (const v1::Run& run : state.runs()) {
    if (run.verdict() != v1::PASS || !machines.insert(run.machine()).second) continue;
    ROXLAB_ASSIGN_OR_RETURN(v1::Run whole, lab.GetRun(run.id()));
    std::string version = QemuVersion(files, whole);
    samples.push_back({std::move(whole), std::move(version)});
  }
  return samples;
}

// NOT_FOUND for a metric that the comparison has not.
absl::Status CheckMetrics(const std::vector<std::string>& metrics,
                          const v1::Comparison& comparison) {
  for (const std::string& metric : metrics) {
    bool found = false;
    for (const v1::ComparisonRow& row : comparison.rows()) found |= row.metric() == metric;
    if (!found)
      return absl::NotFoundError(absl::StrCat("the experiment has no metric '", metric,
                                              "'; 'roxlab compare --all' lists them"));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<int> WriteReport(const CliContext& context, const ReportCommand& command) {
  LabClient lab(context);
  ReportInput input;
  ROXLAB_ASSIGN_OR_RETURN(input.state, lab.GetExperiment(command.id));
  v1::CompareRequest compare;
  compare.set_id(input.state.experiment().id());
  ROXLAB_ASSIGN_OR_RETURN(input.comparison, lab.Call(&v1::Lab::Stub::Compare, compare));
  ROXLAB_RETURN_IF_ERROR(CheckMetrics(command.metrics, input.comparison));
  ROXLAB_ASSIGN_OR_RETURN(input.samples, Samples(context, lab, input.state));
  ROXLAB_ASSIGN_OR_RETURN(std::string text,
                          Report(context.json ? "json" : command.format, input,
                                 {.all = command.all, .metrics = command.metrics}));
  std::cout << text << std::flush;
  const v1::Experiment& experiment = input.state.experiment();
  return experiment.state() == v1::DONE ? ExitStatusOf(experiment.verdict()) : kExitUnfinished;
}

absl::StatusOr<int> Reproduce(const CliContext& context, const std::string& id) {
  LabClient lab(context);
  ArtifactDownload files(context);
  ReproduceInput input;
  ROXLAB_ASSIGN_OR_RETURN(input.run, lab.GetRun(id));
  v1::GetBuildRequest request;
  request.set_id(input.run.build());
  ROXLAB_ASSIGN_OR_RETURN(input.build, lab.Call(&v1::Lab::Stub::GetBuild, request));
  for (int i = 0; i < input.build.inputs_size(); ++i) {
    const v1::Artifact& artifact = input.build.inputs(i);
    ROXLAB_ASSIGN_OR_RETURN(std::string content, files.Get(artifact));
    if (i < input.build.patches_size()) {
      v1::Patch& patch = input.patches.emplace_back();
      patch.set_name(artifact.name());
      patch.set_content(std::move(content));
    } else {
      v1::ConfigFragment& fragment = input.configs.emplace_back();
      fragment.set_name(artifact.name());
      fragment.set_content(std::move(content));
    }
  }
  absl::StatusOr<std::string> initramfs = files.Get(input.run.artifacts(), "initramfs.cpio");
  if (!initramfs.ok())
    return absl::FailedPreconditionError(absl::StrCat(
        "run ", input.run.id(), " cannot be repeated: ", initramfs.status().message()));
  input.initramfs = *std::move(initramfs);
  input.qemu_version = QemuVersion(files, input.run);
  ROXLAB_ASSIGN_OR_RETURN(std::string script, ReproduceScript(input));
  std::cout << script << std::flush;
  return kExitOk;
}

}  // namespace roxlab
