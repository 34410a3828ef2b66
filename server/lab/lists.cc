// SPDX-License-Identifier: Apache-2.0
#include "server/lab/lists.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/status_macros.h"
#include "db/builds.h"
#include "db/experiments.h"
#include "db/runs.h"
#include "server/lab/lab.h"
#include "server/lab/page_range.h"

namespace roxlab {
namespace {

constexpr size_t kMaxSearch = 200;  // Bytes.

// How far something can be, and how it can have ended.
constexpr Standing kStandings[] = {{v1::QUEUED, v1::VERDICT_UNSPECIFIED},
                                   {v1::RUNNING, v1::VERDICT_UNSPECIFIED},
                                   {v1::DONE, v1::PASS},
                                   {v1::DONE, v1::FAIL},
                                   {v1::DONE, v1::ERROR},
                                   {v1::DONE, v1::CANCELLED}};

// Bit N: the list has number N.
template <typename Numbers>
uint32_t Bits(const Numbers& numbers) {
  uint32_t bits = 0;
  for (int number : numbers) bits |= uint32_t{1} << number;
  return bits;
}

// JSON and clients of other versions can send any number.
template <typename Request>
absl::Status CheckFilters(const Request& request) {
  for (int state : request.states())
    if (state <= 0 || !v1::State_IsValid(state))
      return absl::InvalidArgumentError(absl::StrCat("states: ", state, " is no state"));
  for (int verdict : request.verdicts())
    if (verdict <= 0 || !v1::Verdict_IsValid(verdict))
      return absl::InvalidArgumentError(absl::StrCat("verdicts: ", verdict, " is no verdict"));
  return absl::OkStatus();
}

template <typename Request>
std::vector<Standing> StandingsOf(const Request& request) {
  const uint32_t states = Bits(request.states()), verdicts = Bits(request.verdicts());
  std::vector<Standing> standings;
  for (const Standing& standing : kStandings)
    if ((states == 0 || (states >> standing.state & 1) != 0) &&
        (verdicts == 0 || (verdicts >> standing.verdict & 1) != 0))
      standings.push_back(standing);
  return standings;
}

absl::StatusOr<ExperimentOrder> OrderOf(const std::string& sort) {
  if (sort.empty() || sort == "newest") return ExperimentOrder::kNewest;
  if (sort == "oldest") return ExperimentOrder::kOldest;
  if (sort == "name") return ExperimentOrder::kName;
  return absl::InvalidArgumentError(
      absl::StrCat("sort: '", sort.substr(0, 60), "' is none of newest, oldest, name"));
}

absl::StatusOr<RunFilter> FilterOf(Connection& connection, const v1::ListRunsRequest& request) {
  RunFilter filter;
  filter.standings = StandingsOf(request);
  filter.runner = request.runner();
  filter.machine = request.machine();
  if (!request.experiment().empty()) {
    ExperimentTable experiments(connection);
    ROXLAB_ASSIGN_OR_RETURN(const std::string id, experiments.Resolve(request.experiment()));
    ROXLAB_ASSIGN_OR_RETURN(filter.experiment, experiments.KeyOf(id));
  }
  if (!request.build().empty()) {
    BuildTable builds(connection);
    ROXLAB_ASSIGN_OR_RETURN(const std::string id, builds.Resolve(request.build()));
    ROXLAB_ASSIGN_OR_RETURN(const StoredBuild build, builds.Get(id));
    filter.build = build.seq;
  }
  return filter;
}

}  // namespace

absl::StatusOr<v1::ListExperimentsResponse> ListExperiments(
    Lab& lab, const v1::ListExperimentsRequest& request) {
  ROXLAB_RETURN_IF_ERROR(CheckFilters(request));
  if (request.search().size() > kMaxSearch)
    return absl::InvalidArgumentError(absl::StrCat("search: more than ", kMaxSearch, " bytes"));
  ROXLAB_ASSIGN_OR_RETURN(const ExperimentOrder order, OrderOf(request.sort()));
  ROXLAB_ASSIGN_OR_RETURN(const PageRange range, RangeOf(request));
  const ExperimentFilter filter{request.search(), Bits(request.states()), Bits(request.verdicts())};
  v1::ListExperimentsResponse response;
  ROXLAB_RETURN_IF_ERROR(lab.db().Read([&](Connection& connection) -> absl::Status {
    ExperimentTable experiments(connection);
    ROXLAB_ASSIGN_OR_RETURN(std::vector<int64_t> keys, experiments.Page(filter, order, range));
    EndPage(request, range, &keys, &response);
    for (int64_t key : keys) {
      ROXLAB_ASSIGN_OR_RETURN(StoredExperiment stored, experiments.Get(key));
      *response.add_experiments() = std::move(stored.experiment);
    }
    ROXLAB_ASSIGN_OR_RETURN(const uint32_t total, experiments.Count(filter));
    response.set_total(total);
    return absl::OkStatus();
  }));
  return response;
}

absl::StatusOr<v1::ListRunsResponse> ListRuns(Lab& lab, const v1::ListRunsRequest& request) {
  ROXLAB_RETURN_IF_ERROR(CheckFilters(request));
  ROXLAB_ASSIGN_OR_RETURN(const PageRange range, RangeOf(request));
  v1::ListRunsResponse response;
  ROXLAB_RETURN_IF_ERROR(lab.db().Read([&](Connection& connection) -> absl::Status {
    ROXLAB_ASSIGN_OR_RETURN(const RunFilter filter, FilterOf(connection, request));
    RunTable runs(connection);
    ROXLAB_ASSIGN_OR_RETURN(std::vector<int64_t> keys, runs.Page(filter, range));
    EndPage(request, range, &keys, &response);
    for (int64_t key : keys) {
      ROXLAB_ASSIGN_OR_RETURN(StoredRun stored, runs.Get(key));
      *response.add_runs() = std::move(stored.run);
    }
    ROXLAB_ASSIGN_OR_RETURN(const uint32_t total, runs.Count(filter));
    response.set_total(total);
    return absl::OkStatus();
  }));
  for (v1::Run& run : *response.mutable_runs()) lab.progress().AddTo(run);
  return response;
}

absl::StatusOr<v1::ListBuildsResponse> ListBuilds(Lab& lab, const v1::ListBuildsRequest& request) {
  ROXLAB_RETURN_IF_ERROR(CheckFilters(request));
  ROXLAB_ASSIGN_OR_RETURN(const PageRange range, RangeOf(request));
  const BuildFilter filter{StandingsOf(request), request.runner()};
  v1::ListBuildsResponse response;
  ROXLAB_RETURN_IF_ERROR(lab.db().Read([&](Connection& connection) -> absl::Status {
    BuildTable builds(connection);
    ROXLAB_ASSIGN_OR_RETURN(std::vector<int64_t> keys, builds.Page(filter, range));
    EndPage(request, range, &keys, &response);
    for (int64_t key : keys) {
      ROXLAB_ASSIGN_OR_RETURN(StoredBuild stored, builds.Get(key));
      stored.build.clear_inputs();
      *response.add_builds() = std::move(stored.build);
    }
    ROXLAB_ASSIGN_OR_RETURN(const uint32_t total, builds.Count(filter));
    response.set_total(total);
    return absl::OkStatus();
  }));
  for (v1::Build& build : *response.mutable_builds()) lab.progress().AddTo(build);
  return response;
}

}  // namespace roxlab
