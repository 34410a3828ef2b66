// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_CLI_COMMANDS_H_
#define ROXLAB_CLI_COMMANDS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "cli/lab_client.h"
#include "roxlab/v1/catalog.pb.h"
#include "roxlab/v1/lab.pb.h"

// One function per command. Each prints its result on standard output and returns the exit status,
// or an error that main prints.
namespace roxlab {

struct SubmitOptions {
  std::string experiment;  // A YAML file, or the name of one in the lab's catalog.
  std::string request_id;
  bool watch = false;
  bool check = false;  // Only says what would be done.
};
absl::StatusOr<int> Submit(const CliContext& context, const SubmitOptions& options);

struct QuickOptions {
  std::vector<std::string> series;  // Patch files, mboxes, or names in the catalog.
  std::string base;                 // Empty: the one that `against` has.
  std::string against = "stock";    // The baseline variant.
  std::string seeds = "8";          // "8" is 1-8; "3,5-7" is just those; or "auto".
  std::vector<std::string> machines = {"qemu-bbml3"};
  std::vector<std::string> workloads = {"modules"};
  std::vector<std::string> configs;  // Files with additional configuration lines.
  std::string cmdline;
  std::string name;                 // Empty: from the first series.
  std::vector<std::string> expect;  // "METRIC below|above|equal [after PHASE]".
};
absl::StatusOr<int> Run(const CliContext& context, const QuickOptions& options);
// The experiment that the options describe; `against` is as in the catalog.
absl::StatusOr<v1::ExperimentSpec> QuickExperiment(const QuickOptions& options,
                                                   const v1::Catalog& catalog);

// Says what submitting it would do, and does nothing.
absl::StatusOr<int> CheckSpec(const CliContext& context, const v1::ExperimentSpec& spec);
// Submits and, if asked, watches to the end and compares.
absl::StatusOr<int> SubmitSpec(const CliContext& context, const v1::ExperimentSpec& spec,
                               const std::string& request_id, bool watch);

absl::StatusOr<int> Watch(const CliContext& context, const std::string& id);
struct CompareOptions {
  std::string experiment;      // Id; with `candidate`, also ID/VARIANT.
  std::string candidate = {};  // ID, or ID/VARIANT, to set beside the first; empty: none.
  bool all = false;            // Every metric.
};
absl::StatusOr<int> CompareExperiment(const CliContext& context, const CompareOptions& options);
// The sides of a comparison from "ID/VARIANT" twice, or "ID" twice.
absl::StatusOr<v1::CompareRequest> SidesOf(const CompareOptions& options);

struct ListOptions {
  std::string search;
  std::vector<std::string> states, verdicts;  // In lower case.
  std::string sort = "newest";
  uint32_t limit = 50;
};
absl::StatusOr<int> List(const CliContext& context, const ListOptions& options);
// An experiment, build or run; the newest experiments when `id` is empty.
absl::StatusOr<int> Show(const CliContext& context, const std::string& id);
absl::StatusOr<int> Log(const CliContext& context, const std::string& id, bool follow,
                        uint64_t offset);
struct ReportCommand {
  std::string id;
  std::string format = "markdown";   // As in Report().
  bool all = false;                  // Every metric.
  std::vector<std::string> metrics;  // Only these; empty: the usual ones.
};
// An experiment as evidence to send to others.
absl::StatusOr<int> WriteReport(const CliContext& context, const ReportCommand& command);
// A script that does a run again without roxlab.
absl::StatusOr<int> Reproduce(const CliContext& context, const std::string& id);
struct OwnersOptions {
  std::string phase;  // Empty: all.
  bool all = false;   // Every owner.
};
// Who keeps the linear map of a run, or of the runs of an experiment, from being made of blocks.
absl::StatusOr<int> Owners(const CliContext& context, const std::string& id,
                           const OwnersOptions& options);
absl::StatusOr<int> Cancel(const CliContext& context, const std::string& id);
absl::StatusOr<int> Runners(const CliContext& context);
struct RunnerOptions {
  std::string name;
  bool pause = false;  // Otherwise it goes on.
  std::string reason;
  bool drain = false;  // Waits until it has no job.
};
// Whether a runner is given work.
absl::StatusOr<int> SetRunner(const CliContext& context, const RunnerOptions& options);
absl::StatusOr<int> Boards(const CliContext& context);
// Who may do what, and who did.
absl::StatusOr<int> AddToken(const CliContext& context, const std::string& name,
                             const std::string& role);
absl::StatusOr<int> Tokens(const CliContext& context);
absl::StatusOr<int> RevokeToken(const CliContext& context, const std::string& name);
absl::StatusOr<int> WhoAmI(const CliContext& context);
absl::StatusOr<int> Audit(const CliContext& context, uint32_t limit);
absl::StatusOr<int> Kernels(const CliContext& context);

// The message as JSON with the field names of proto/, on standard output.
void PrintJson(const google::protobuf::Message& message);

}  // namespace roxlab

#endif  // ROXLAB_CLI_COMMANDS_H_
