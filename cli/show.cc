// SPDX-License-Identifier: Apache-2.0
#include <iostream>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "cli/commands.h"
#include "cli/errors.h"
#include "cli/words.h"
#include "common/process.h"
#include "common/status_macros.h"
#include "report/table.h"

namespace roxlab {
namespace {

void PrintFailure(const v1::Failure& failure) {
  if (failure.kind().empty()) return;
  std::cout << "failure    " << failure.kind() << ": " << failure.summary() << "\n";
  if (!failure.excerpt().empty()) std::cout << failure.excerpt() << "\n";
}

void PrintArtifacts(const google::protobuf::RepeatedPtrField<v1::Artifact>& artifacts) {
  Table table({{"artifact"}, {"bytes", true}, {"sha256"}});
  for (const v1::Artifact& artifact : artifacts)
    table.AddRow(
        {artifact.name(), Grouped(static_cast<double>(artifact.size())), artifact.sha256()});
  if (!artifacts.empty()) std::cout << "\n" << table.Render(0);
}

void Print(const v1::GetExperimentResponse& state) {
  const v1::Experiment& experiment = state.experiment();
  std::cout << "experiment " << experiment.id() << "\nname       " << experiment.name()
            << "\nstate      " << Standing(experiment.state(), experiment.verdict());
  if (!experiment.summary().empty()) std::cout << ": " << experiment.summary();
  std::cout << "\nsubmitted  " << When(experiment.created_ms()) << "\n\n";
  Table builds({{"build"}, {"base"}, {"state"}, {"took", true}, {"runner"}, {"failure"}});
  for (const v1::Build& build : state.builds())
    builds.AddRow({build.id().substr(0, 12), build.base(), Standing(build.state(), build.verdict()),
                   Took(build.started_ms(), build.finished_ms()), build.runner(),
                   build.failure().summary()});
  std::cout << builds.Render(0) << "\n";
  Table runs({{"run"},
              {"variant"},
              {"machine"},
              {"workload"},
              {"seed", true},
              {"state"},
              {"took", true},
              {"failure"}});
  for (const v1::Run& run : state.runs())
    runs.AddRow({run.id(), run.variant(), run.machine(), run.workload(), absl::StrCat(run.seed()),
                 Standing(run.state(), run.verdict()), Took(run.started_ms(), run.finished_ms()),
                 run.failure().summary()});
  std::cout << runs.Render(0);
}

absl::string_view TestWord(v1::TestStatus status) {
  if (status == v1::TEST_PASSED) return "pass";
  return status == v1::TEST_SKIPPED ? "skip" : "FAIL";
}

// One line each; all that a failed test said is in the JSON.
void PrintTests(const google::protobuf::RepeatedPtrField<v1::TestResult>& tests) {
  if (tests.empty()) return;
  Table table({{"test"}, {"status"}, {"said"}});
  for (const v1::TestResult& test : tests) {
    const std::string& said = test.diagnostic();
    table.AddRow(
        {test.name(), std::string(TestWord(test.status())), said.substr(0, said.find('\n'))});
  }
  std::cout << "\n" << table.Render(0);
}

void Print(const v1::Run& run) {
  std::cout << "run        " << run.id() << "\nexperiment " << run.experiment() << "\nvariant    "
            << run.variant() << "\nbuild      " << run.build() << "\nmachine    " << run.machine()
            << "\nworkload   " << run.workload() << "\nseed       " << run.seed() << "\nstate      "
            << Standing(run.state(), run.verdict()) << "\nrunner     " << run.runner()
            << "\nstarted    " << When(run.started_ms()) << "\ntook       "
            << Took(run.started_ms(), run.finished_ms()) << "\n";
  PrintFailure(run.failure());
  if (run.argv_size() > 0)
    std::cout << "command    " << ShellQuote({run.argv().begin(), run.argv().end()}) << "\n";
  PrintTests(run.tests());
  for (const v1::Snapshot& snapshot : run.snapshots()) {
    Table table({{absl::StrCat("after ", snapshot.phase())}, {"value", true}, {"unit"}});
    for (const v1::Metric& metric : snapshot.metrics())
      table.AddRow({metric.name(), Grouped(metric.value()), metric.unit()});
    std::cout << "\n" << table.Render(0);
  }
  PrintArtifacts(run.artifacts());
}

void Print(const v1::Build& build) {
  std::cout << "build      " << build.id() << "\nbase       " << build.base() << " (tree "
            << build.base_tree() << ")\npatches    " << absl::StrJoin(build.patches(), " ")
            << "\ncompiler   " << build.compiler() << "\nstate      "
            << Standing(build.state(), build.verdict()) << "\nrunner     " << build.runner()
            << "\nstarted    " << When(build.started_ms()) << "\ntook       "
            << Took(build.started_ms(), build.finished_ms()) << "\n";
  PrintFailure(build.failure());
  PrintArtifacts(build.artifacts());
}

// Prints what `method` finds under the id; NOT_FOUND when it is no such thing.
template <typename Request, typename Response>
absl::Status TryShow(const CliContext& context,
                     grpc::Status (v1::Lab::Stub::*method)(grpc::ClientContext*, const Request&,
                                                           Response*),
                     const std::string& id) {
  LabClient lab(context);
  Request request;
  request.set_id(id);
  ROXLAB_ASSIGN_OR_RETURN(Response response, lab.Call(method, request));
  if (context.json) {
    PrintJson(response);
  } else {
    Print(response);
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<int> Show(const CliContext& context, const std::string& id) {
  if (id.empty()) return List(context, {});
  absl::Status status = TryShow(context, &v1::Lab::Stub::GetExperiment, id);
  if (absl::IsNotFound(status)) status = TryShow(context, &v1::Lab::Stub::GetRun, id);
  if (absl::IsNotFound(status)) status = TryShow(context, &v1::Lab::Stub::GetBuild, id);
  if (absl::IsNotFound(status))
    return absl::NotFoundError(absl::StrCat("no experiment, run or build '", id, "'"));
  if (!status.ok()) return status;
  return kExitOk;
}

}  // namespace roxlab
