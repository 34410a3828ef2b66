// SPDX-License-Identifier: Apache-2.0
#include "server/submit/plan.h"

#include <cstdlib>
#include <set>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/names.h"
#include "common/status_macros.h"
#include "server/submit/build_id.h"
#include "server/submit/cmdline.h"
#include "server/submit/expectations.h"
#include "server/submit/limits.h"
#include "server/submit/lookup.h"
#include "server/submit/seeds.h"
#include "server/submit/variants.h"

namespace roxlab {
namespace {

absl::Status Invalid(absl::string_view message) { return absl::InvalidArgumentError(message); }

// The elements of the catalog's `list` that `names` asks for.
template <typename Element, typename Names, typename List>
absl::StatusOr<std::vector<Element>> Pick(absl::string_view kind, const Names& names,
                                          const List& list) {
  if (names.empty()) return Invalid(absl::StrCat(kind, "s: at least one is needed"));
  std::vector<Element> picked;
  std::set<std::string> seen;
  for (const std::string& name : names) {
    ROXLAB_ASSIGN_OR_RETURN(const Element* element, FindNamed(kind, name, list));
    if (!seen.insert(name).second)
      return Invalid(absl::StrCat(kind, "s: '", name, "' comes twice"));
    picked.push_back(*element);
  }
  return picked;
}

absl::Status CheckHead(const v1::ExperimentSpec& spec) {
  if (!IsValidName(spec.name())) {
    return Invalid(absl::StrCat("name: '", spec.name().substr(0, 120),
                                "' is no valid name: 1 to "
                                "100 of A-Z a-z 0-9 '.' '_' '-', with a letter or digit first"));
  }
  if (spec.title().size() > kMaxTitle || absl::StrContains(spec.title(), '\n'))
    return Invalid(absl::StrCat("title: one line of at most ", kMaxTitle, " characters"));
  if (std::abs(spec.priority()) > kMaxPriority) {
    return Invalid(absl::StrCat("priority: ", spec.priority(), " is not from -", kMaxPriority,
                                " to ", kMaxPriority));
  }
  return absl::OkStatus();
}

absl::Status CheckMachine(const v1::Machine& machine) {
  for (const std::string& tag : machine.tags()) {
    if (BoardOf(tag).has_value()) {
      return Invalid(absl::StrCat("machine '", machine.name(), "': the tag '", tag,
                                  "' is the lab's own; name the board as a machine instead"));
    }
    if (!absl::StrContains(tag, '=') || tag.find_first_of(", \n") != std::string::npos) {
      return Invalid(absl::StrCat("machine '", machine.name(), "': the tag '", tag,
                                  "' is not of the form key=value"));
    }
  }
  const absl::Status cmdline = CheckCmdline(machine.cmdline());
  return cmdline.ok() ? cmdline : In(absl::StrCat("machine '", machine.name(), "'"), cmdline);
}

bool RunsCommands(const v1::Workload& workload) {
  for (const v1::Phase& phase : workload.phases())
    for (const v1::Step& step : phase.steps())
      if (step.has_run_command()) return true;
  return false;
}

// A QEMU guest has the kernel and the probe, and no program to run.
absl::Status CheckCommands(const Plan& plan) {
  for (const v1::Workload& workload : plan.workloads)
    for (const v1::Machine& machine : plan.machines)
      if (!machine.has_board() && RunsCommands(workload))
        return Invalid(absl::StrCat("workload '", workload.name(),
                                    "' runs commands, which only boards have; machine '",
                                    machine.name(), "' is none"));
  return absl::OkStatus();
}

absl::Status PlanBuilds(const std::vector<ResolvedVariant>& variants, const v1::Catalog& catalog,
                        Plan& plan) {
  for (const ResolvedVariant& variant : variants) {
    PlannedVariant& planned = plan.variants.emplace_back();
    planned.name = variant.name;
    planned.cmdline = variant.cmdline;
    std::map<std::vector<std::string>, std::string> known;  // Ids by what machines ask for.
    for (const v1::Machine& machine : plan.machines) {
      std::string& id = known[{machine.configs().begin(), machine.configs().end()}];
      if (id.empty()) {
        ROXLAB_ASSIGN_OR_RETURN(v1::BuildSpec build, BuildFor(variant, machine, catalog));
        id = BuildId(build);
        plan.builds.try_emplace(id, std::move(build));
      }
      planned.builds.push_back(id);
    }
  }
  return absl::OkStatus();
}

absl::Status FillBaseline(Plan& plan) {
  if (plan.spec.baseline().empty()) plan.spec.set_baseline(plan.variants.front().name);
  std::vector<std::string> names;
  for (const PlannedVariant& variant : plan.variants) {
    if (variant.name == plan.spec.baseline()) return absl::OkStatus();
    names.push_back(variant.name);
  }
  return absl::NotFoundError(absl::StrCat(
      "baseline: ", UnknownName("variant of the experiment", plan.spec.baseline(), names)));
}

}  // namespace

absl::StatusOr<Plan> MakePlan(const v1::ExperimentSpec& spec, const v1::Catalog& catalog) {
  ROXLAB_RETURN_IF_ERROR(CheckHead(spec));
  Plan plan;
  plan.spec = spec;
  ROXLAB_ASSIGN_OR_RETURN(const std::vector<ResolvedVariant> variants,
                          ResolveVariants(spec, catalog));
  ROXLAB_ASSIGN_OR_RETURN(plan.machines,
                          Pick<v1::Machine>("machine", spec.machines(), catalog.machines()));
  ROXLAB_ASSIGN_OR_RETURN(plan.workloads,
                          Pick<v1::Workload>("workload", spec.workloads(), catalog.workloads()));
  for (const v1::Machine& machine : plan.machines) ROXLAB_RETURN_IF_ERROR(CheckMachine(machine));
  ROXLAB_RETURN_IF_ERROR(CheckCommands(plan));
  ROXLAB_RETURN_IF_ERROR(PlanBuilds(variants, catalog, plan));
  ROXLAB_ASSIGN_OR_RETURN(plan.seeds, PlanSeeds(plan.spec));
  ROXLAB_RETURN_IF_ERROR(FillBaseline(plan));
  const size_t runs = plan.variants.size() * plan.machines.size() * plan.workloads.size();
  const size_t seeds =
      plan.spec.has_auto_seeds() ? plan.spec.auto_seeds().limit() : plan.seeds.size();
  if (runs > kMaxRuns || runs * seeds > kMaxRuns) {
    return Invalid(absl::StrCat("the experiment has more than ", kMaxRuns,
                                " runs: ", plan.variants.size(), " variants x ",
                                plan.machines.size(), " machines x ", plan.workloads.size(),
                                " workloads x ", seeds, " seeds"));
  }
  ROXLAB_RETURN_IF_ERROR(CheckExpectations(plan));
  for (v1::Variant& variant : *plan.spec.mutable_define()) {
    for (v1::Patch& patch : *variant.mutable_patches()) patch.clear_content();
    for (v1::ConfigFragment& config : *variant.mutable_fragments()) config.clear_content();
  }
  return plan;
}

}  // namespace roxlab
