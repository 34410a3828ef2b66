// SPDX-License-Identifier: Apache-2.0
#include "server/lab/sides.h"

#include <google/protobuf/util/message_differencer.h>

#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "common/names.h"
#include "common/status_macros.h"
#include "db/definitions.h"
#include "db/variants.h"
#include "server/lab/comparison.h"
#include "server/lab/lab.h"

namespace roxlab {
namespace {

absl::Status Invalid(absl::string_view message) { return absl::InvalidArgumentError(message); }

// The experiment of one side.
struct Side {
  MeasuredExperiment measured;
  std::vector<VariantBase> variants;
  Definitions definitions;

  const std::string& id() const { return measured.stored.experiment.id(); }
  const v1::ExperimentSpec& spec() const { return measured.stored.experiment.spec(); }
  std::vector<std::string> Names() const {
    std::vector<std::string> names;
    names.reserve(variants.size());
    for (const VariantBase& variant : variants) names.push_back(variant.variant);
    return names;
  }
  const VariantBase* Find(absl::string_view name) const {
    for (const VariantBase& variant : variants)
      if (variant.variant == name) return &variant;
    return nullptr;
  }
};

absl::StatusOr<Side> ReadSide(Connection& connection, const std::string& experiment) {
  Side side;
  ROXLAB_ASSIGN_OR_RETURN(side.measured.stored, ExperimentTable(connection).Get(experiment));
  const int64_t seq = side.measured.stored.seq;
  ROXLAB_ASSIGN_OR_RETURN(side.measured.runs, ReadRuns(connection, seq));
  ROXLAB_ASSIGN_OR_RETURN(side.variants, VariantTable(connection).OfExperiment(seq));
  ROXLAB_ASSIGN_OR_RETURN(side.definitions, DefinitionTable(connection).OfExperiment(seq));
  return side;
}

// What does not change what is measured. A board is itself, whatever it says of itself.
bool MeansTheSame(v1::Machine a, v1::Machine b) {
  if (a.has_board() && b.has_board()) return true;
  for (v1::Machine* machine : {&a, &b}) {
    machine->clear_title();
    machine->clear_tags();
    machine->clear_timeout_seconds();
  }
  return google::protobuf::util::MessageDifferencer::Equals(a, b);
}
bool MeansTheSame(v1::Workload a, v1::Workload b) {
  for (v1::Workload* workload : {&a, &b}) workload->clear_title();
  return google::protobuf::util::MessageDifferencer::Equals(a, b);
}

// Files under kernels/ may have changed between two experiments.
template <typename Definition>
absl::Status CheckMeaning(absl::string_view kind, const std::vector<Definition>& baseline,
                          const std::vector<Definition>& candidate) {
  for (const Definition& a : baseline)
    for (const Definition& b : candidate)
      if (a.name() == b.name() && !MeansTheSame(a, b))
        return Invalid(absl::StrCat(kind, " '", a.name(),
                                    "' was changed between the two experiments: what it "
                                    "measures is not comparable"));
  return absl::OkStatus();
}

absl::Status CheckVariant(const Side& side, const std::string& name) {
  if (side.Find(name) != nullptr) return absl::OkStatus();
  return absl::NotFoundError(
      UnknownName(absl::StrCat("variant of experiment ", side.id()), name, side.Names()));
}

absl::Status CheckBases(const Side& baseline, const VariantBase& of, const Side& candidate,
                        const VariantBase& with) {
  if (of.base == with.base) return absl::OkStatus();
  return Invalid(absl::StrCat("'", of.variant, "' of experiment ", baseline.id(), " is on base ",
                              of.base, ", '", with.variant, "' of ", candidate.id(), " on base ",
                              with.base, ": page tables of different bases are not comparable"));
}

// Names that no experiment uses, for variants of both sides in one list.
std::string OfBaseline(absl::string_view variant) { return absl::StrCat("0/", variant); }
std::string OfCandidate(absl::string_view variant) { return absl::StrCat("1/", variant); }

// The variants that are asked for, checked.
absl::StatusOr<std::vector<Match>> Matches(const Side& baseline, const Side& candidate,
                                           const v1::CompareRequest& request) {
  std::vector<Match> matches;
  auto add = [&](const VariantBase& of, const VariantBase& with) {
    matches.push_back({OfBaseline(of.variant), OfCandidate(with.variant), with.variant});
    return CheckBases(baseline, of, candidate, with);
  };
  if (const std::string& of = request.baseline().variant(); !of.empty()) {
    const std::string& with = request.candidate().variant();
    ROXLAB_RETURN_IF_ERROR(CheckVariant(baseline, of));
    ROXLAB_RETURN_IF_ERROR(CheckVariant(candidate, with));
    ROXLAB_RETURN_IF_ERROR(add(*baseline.Find(of), *candidate.Find(with)));
    return matches;
  }
  for (const VariantBase& with : candidate.variants)
    if (const VariantBase* of = baseline.Find(with.variant)) ROXLAB_RETURN_IF_ERROR(add(*of, with));
  if (matches.empty())
    return Invalid(absl::StrCat("no variant is in both experiments: ", baseline.id(), " has ",
                                absl::StrJoin(baseline.Names(), " "), ", ", candidate.id(), " has ",
                                absl::StrJoin(candidate.Names(), " ")));
  return matches;
}

// The runs of both sides that the matches speak of, under the names of the matches.
std::vector<RunMetrics> RunsOf(const Side& baseline, const Side& candidate,
                               const std::vector<Match>& matches) {
  std::vector<RunMetrics> runs;
  auto add = [&](const Side& side, std::string (*name)(absl::string_view),
                 std::string Match::*field) {
    for (const RunMetrics& run : side.measured.runs) {
      const std::string named = name(run.variant);
      if (std::none_of(matches.begin(), matches.end(),
                       [&](const Match& match) { return match.*field == named; }))
        continue;
      runs.push_back(run);
      runs.back().variant = named;
    }
  };
  add(baseline, OfBaseline, &Match::baseline);
  add(candidate, OfCandidate, &Match::variant);
  return runs;
}

absl::Status CheckRequest(const v1::CompareRequest& request) {
  if (!request.id().empty())
    return Invalid("id: either an experiment, or baseline and candidate, not both");
  if (request.baseline().experiment().empty() || request.candidate().experiment().empty())
    return Invalid("baseline and candidate: both need an experiment");
  if (request.baseline().variant().empty() != request.candidate().variant().empty())
    return Invalid("baseline and candidate: both need a variant, or neither");
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<v1::Comparison> CompareSides(Lab& lab, const v1::CompareRequest& request) {
  ROXLAB_RETURN_IF_ERROR(CheckRequest(request));
  Side baseline, candidate;
  ROXLAB_RETURN_IF_ERROR(lab.db().Read([&](Connection& connection) -> absl::Status {
    ROXLAB_ASSIGN_OR_RETURN(baseline, ReadSide(connection, request.baseline().experiment()));
    ROXLAB_ASSIGN_OR_RETURN(candidate, ReadSide(connection, request.candidate().experiment()));
    return absl::OkStatus();
  }));
  ROXLAB_ASSIGN_OR_RETURN(const std::vector<Match> matches, Matches(baseline, candidate, request));
  ROXLAB_RETURN_IF_ERROR(
      CheckMeaning("machine", baseline.definitions.machines, candidate.definitions.machines));
  ROXLAB_RETURN_IF_ERROR(
      CheckMeaning("workload", baseline.definitions.workloads, candidate.definitions.workloads));
  const std::string& variant = request.baseline().variant();
  const bool same = baseline.id() == candidate.id();
  v1::ExperimentSpec spec = candidate.spec();
  // What was expected was expected against the experiment's own baseline.
  if (!same || variant != spec.baseline()) spec.clear_expect();
  v1::Comparison comparison = CompareMatches(spec, matches, RunsOf(baseline, candidate, matches),
                                             {.pairs = request.pairs()});
  comparison.set_experiment(candidate.id());
  comparison.set_baseline(variant.empty() ? baseline.id()
                          : same          ? variant
                                          : absl::StrCat(baseline.id(), "/", variant));
  return comparison;
}

}  // namespace roxlab
