// SPDX-License-Identifier: Apache-2.0
#include "server/submit/preview.h"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "common/names.h"
#include "common/status_macros.h"
#include "db/builds.h"
#include "db/runs.h"
#include "server/compare/stats.h"
#include "server/lab/dispatcher.h"
#include "server/lab/lab.h"
#include "server/submit/estimate.h"
#include "server/submit/plan_writer.h"

namespace roxlab {
namespace {

// What the plan's builds are now.
struct KnownBuilds {
  v1::Tally tally;
  uint32_t reused = 0;
  std::map<std::string, uint32_t> missing;  // To be built, by base.
  bool pending = false;                     // One is queued or under way already.
  std::set<std::string> failed;             // Ids of builds whose runs never start.
};

absl::StatusOr<KnownBuilds> LookUp(const Lab& lab, Connection& connection, const Plan& plan) {
  KnownBuilds known;
  known.tally.set_total(static_cast<uint32_t>(plan.builds.size()));
  for (const auto& [id, spec] : plan.builds) {
    ROXLAB_ASSIGN_OR_RETURN(const std::optional<StoredBuild> stored,
                            BuildTable(connection).Find(id));
    if (stored.has_value() && stored->build.state() == v1::RUNNING) {
      known.tally.set_running(known.tally.running() + 1);
      known.pending = true;
    } else if (!stored.has_value() || !IsReusable(lab.store(), stored->build)) {
      known.tally.set_queued(known.tally.queued() + 1);
      const bool queued = stored.has_value() && stored->build.state() == v1::QUEUED;
      known.pending |= queued;
      if (!queued) ++known.missing[spec.base().name()];
    } else if (stored->build.verdict() == v1::PASS) {
      known.tally.set_passed(known.tally.passed() + 1);
    } else {
      known.tally.set_failed(known.tally.failed() + 1);
      known.failed.insert(id);
    }
  }
  known.reused = known.tally.passed() + known.tally.failed();
  return known;
}

// Medians of what was done lately: of the same kind, or else of any.
class Durations {
 public:
  explicit Durations(Connection& connection) : connection_(connection) {}

  absl::StatusOr<double> OfBuild(const std::string& base) {
    BuildTable builds(connection_);
    ROXLAB_ASSIGN_OR_RETURN(std::vector<double> seconds, builds.RecentSeconds(base));
    if (seconds.empty()) {
      ROXLAB_ASSIGN_OR_RETURN(seconds, builds.RecentSeconds(""));
    }
    return Median(seconds);
  }
  absl::StatusOr<double> OfRun(const std::string& machine, const std::string& workload) {
    RunTable runs(connection_);
    ROXLAB_ASSIGN_OR_RETURN(std::vector<double> seconds, runs.RecentSeconds(machine, workload));
    if (seconds.empty()) {
      ROXLAB_ASSIGN_OR_RETURN(seconds, runs.RecentSeconds("", ""));
    }
    return Median(seconds);
  }

 private:
  Connection& connection_;
};

absl::Status AddBefore(Connection& connection, Durations& durations, EstimateInput* input) {
  using ByBase = std::map<std::string, uint32_t>;
  ROXLAB_ASSIGN_OR_RETURN(const ByBase builds, BuildTable(connection).UnfinishedByBase());
  for (const auto& [base, count] : builds) {
    ROXLAB_ASSIGN_OR_RETURN(const double seconds, durations.OfBuild(base));
    input->before.push_back({kBuildLane, count, seconds});
  }
  ROXLAB_ASSIGN_OR_RETURN(const std::vector<UnfinishedRuns> runs,
                          RunTable(connection).UnfinishedByPlace());
  for (const UnfinishedRuns& group : runs) {
    ROXLAB_ASSIGN_OR_RETURN(const double seconds, durations.OfRun(group.machine, group.workload));
    input->before.push_back({BoardOf(group.needs).value_or(kRunLane), group.count, seconds});
  }
  return absl::OkStatus();
}

absl::Status AddOwn(Durations& durations, const Plan& plan, const KnownBuilds& known,
                    EstimateInput* input) {
  input->waits = known.pending;
  for (const auto& [base, count] : known.missing) {
    ROXLAB_ASSIGN_OR_RETURN(const double seconds, durations.OfBuild(base));
    input->own.push_back({kBuildLane, count, seconds});
  }
  for (size_t m = 0; m < plan.machines.size(); ++m) {
    const v1::Machine& machine = plan.machines[m];
    size_t variants = 0;
    for (const PlannedVariant& variant : plan.variants)
      if (!known.failed.contains(variant.builds[m])) ++variants;
    for (const v1::Workload& workload : plan.workloads) {
      ROXLAB_ASSIGN_OR_RETURN(const double seconds,
                              durations.OfRun(machine.name(), workload.name()));
      input->own.push_back({machine.has_board() ? machine.name() : kRunLane,
                            static_cast<uint32_t>(variants * plan.seeds.size()), seconds});
    }
  }
  return absl::OkStatus();
}

void AddSlots(Lab& lab, EstimateInput* input) {
  for (const v1::Runner& runner : lab.dispatcher().Runners()) {
    if (!runner.online()) continue;
    input->slots[kBuildLane] += runner.build_slots();
    input->slots[kRunLane] += runner.run_slots();
  }
}

}  // namespace

absl::StatusOr<v1::SubmitExperimentResponse> Preview(Lab& lab, const Plan& plan) {
  KnownBuilds known;
  EstimateInput input;
  AddSlots(lab, &input);
  ROXLAB_RETURN_IF_ERROR(lab.db().Read([&](Connection& connection) -> absl::Status {
    ROXLAB_ASSIGN_OR_RETURN(known, LookUp(lab, connection, plan));
    Durations durations(connection);
    ROXLAB_RETURN_IF_ERROR(AddBefore(connection, durations, &input));
    return AddOwn(durations, plan, known, &input);
  }));
  v1::SubmitExperimentResponse response;
  v1::Experiment& experiment = *response.mutable_experiment();
  experiment.set_name(plan.spec.name());
  experiment.set_title(plan.spec.title());
  *experiment.mutable_spec() = plan.spec;
  *experiment.mutable_builds() = known.tally;
  const size_t runs =
      plan.variants.size() * plan.machines.size() * plan.workloads.size() * plan.seeds.size();
  experiment.mutable_runs()->set_total(static_cast<uint32_t>(runs));
  experiment.mutable_runs()->set_queued(static_cast<uint32_t>(runs));
  response.set_builds_reused(known.reused);
  response.set_estimate_seconds(EstimateSeconds(input));
  return response;
}

}  // namespace roxlab
