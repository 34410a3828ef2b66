// SPDX-License-Identifier: Apache-2.0
//
// What is made for others to read and to try: report and reproduce.
#include <iostream>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "cli/commands.h"
#include "cli/download.h"
#include "cli/errors.h"
#include "common/status_macros.h"
#include "report/reproduce.h"

namespace roxlab {
namespace {

// First line of `qemu --version`; empty for a run that did not keep it.
std::string QemuVersion(ArtifactDownload& files, const v1::Run& run) {
  absl::StatusOr<std::string> version = files.Get(run.artifacts(), "qemu-version.txt");
  return version.ok() ? std::string(absl::StripAsciiWhitespace(*version)) : "";
}

}  // namespace

absl::StatusOr<int> WriteReport(const CliContext& context, const ReportCommand& command) {
  LabClient lab(context);
  v1::GetReportRequest request;
  request.set_id(command.id);
  request.set_format(context.json ? "json" : command.format);
  request.set_all(command.all);
  *request.mutable_metrics() = {command.metrics.begin(), command.metrics.end()};
  // Before the report: a verdict that comes in between is in it, though not in the exit status.
  ROXLAB_ASSIGN_OR_RETURN(const v1::GetExperimentResponse state, lab.GetExperiment(command.id));
  ROXLAB_ASSIGN_OR_RETURN(const v1::Report report, lab.Call(&v1::Lab::Stub::GetReport, request));
  std::cout << report.content() << std::flush;
  const v1::Experiment& experiment = state.experiment();
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
