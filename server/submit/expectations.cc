// SPDX-License-Identifier: Apache-2.0
#include "server/submit/expectations.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/names.h"
#include "common/status_macros.h"
#include "pagetable/census.h"
#include "server/compare/expectations.h"
#include "server/submit/limits.h"
#include "server/submit/lookup.h"
#include "spec/board_metrics.h"

namespace roxlab {
namespace {

absl::Status CheckKnown(absl::string_view kind, const std::string& name,
                        const std::vector<std::string>& known) {
  if (std::find(known.begin(), known.end(), name) != known.end()) return absl::OkStatus();
  return absl::NotFoundError(UnknownName(kind, name, known));
}

template <typename List>
std::vector<std::string> Names(const List& list) {
  std::vector<std::string> names;
  names.reserve(static_cast<size_t>(list.size()));
  for (const auto& element : list) names.push_back(element.name());
  return names;
}

absl::Status CheckMetric(const std::string& metric) {
  if (IsBoardMetric(metric)) return absl::OkStatus();
  std::vector<std::string> known = pagetable::MeasureNames();
  for (std::string& name : BoardMetricNames()) known.push_back(std::move(name));
  absl::Status status = CheckKnown("metric", metric, known);
  if (status.ok() || !NearestNames(metric, known).empty()) return status;
  // All of them would fill a screen.
  return absl::NotFoundError(absl::StrCat(
      "unknown metric '", metric, "': one is of the form region.name, such as linear.l3_entries"));
}

absl::Status CheckPhase(const v1::Expectation& expectation, const Plan& plan) {
  std::vector<std::string> phases;
  for (const v1::Workload& workload : plan.workloads) {
    if (!expectation.workload().empty() && expectation.workload() != workload.name()) continue;
    for (const v1::Phase& phase : workload.phases()) phases.push_back(phase.name());
  }
  return CheckKnown("phase", expectation.phase(), phases);
}

absl::Status CheckSeeds(const v1::Expectation& expectation, size_t seeds) {
  const size_t fewest = FewestSeeds(expectation);
  if (seeds >= fewest) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat(
      "'", expectation.relation(), "' needs at least ", fewest, " seeds, not ", seeds,
      ByIntervalAlone(expectation)
          ? ": one pair has no interval"
          : ": with fewer, no difference can reach p <= 0.05 in the sign-flip test ('evidence: "
            "interval' goes by the interval alone)"));
}

absl::Status Check(const v1::Expectation& expectation, const Plan& plan) {
  std::vector<std::string> variants;
  for (const PlannedVariant& variant : plan.variants) variants.push_back(variant.name);
  ROXLAB_RETURN_IF_ERROR(CheckKnown("variant of the experiment", expectation.variant(), variants));
  if (expectation.variant() == plan.spec.baseline()) {
    return absl::InvalidArgumentError(absl::StrCat("'", expectation.variant(),
                                                   "' is the baseline, which the others are held "
                                                   "against"));
  }
  ROXLAB_RETURN_IF_ERROR(CheckMetric(expectation.metric()));
  ROXLAB_RETURN_IF_ERROR(
      CheckKnown("relation", expectation.relation(), {"below", "above", "equal"}));
  if (!expectation.evidence().empty()) {
    ROXLAB_RETURN_IF_ERROR(
        CheckKnown("kind of evidence", expectation.evidence(), {"both", "interval"}));
  }
  ROXLAB_RETURN_IF_ERROR(CheckSeeds(expectation, plan.seeds.size()));
  if (!expectation.machine().empty()) {
    ROXLAB_RETURN_IF_ERROR(
        CheckKnown("machine of the experiment", expectation.machine(), Names(plan.machines)));
  }
  if (!expectation.workload().empty()) {
    ROXLAB_RETURN_IF_ERROR(
        CheckKnown("workload of the experiment", expectation.workload(), Names(plan.workloads)));
  }
  return CheckPhase(expectation, plan);
}

}  // namespace

absl::Status CheckExpectations(const Plan& plan) {
  if (plan.spec.expect_size() > kMaxExpectations) {
    return absl::InvalidArgumentError(
        absl::StrCat("expect: more than ", kMaxExpectations, " expectations"));
  }
  int number = 0;
  for (const v1::Expectation& expectation : plan.spec.expect()) {
    absl::Status status = Check(expectation, plan);
    ++number;
    if (!status.ok()) return In(absl::StrCat("expect, number ", number), status);
  }
  return absl::OkStatus();
}

}  // namespace roxlab
