// SPDX-License-Identifier: Apache-2.0
#include "server/compare/compare.h"

#include <algorithm>
#include <iterator>
#include <optional>
#include <utility>

#include "server/compare/expectations.h"
#include "server/compare/pairs.h"
#include "server/compare/stats.h"
#include "spec/board_metrics.h"

namespace roxlab {
namespace {

void AddOnce(const std::string& name, std::vector<std::string>* names) {
  if (std::find(names->begin(), names->end(), name) == names->end()) names->push_back(name);
}

// Names in the order of the spec; what only runs have comes after, sorted.
std::vector<std::string> Ordered(std::vector<std::string> names,
                                 const std::vector<RunMetrics>& runs,
                                 std::string RunMetrics::*field) {
  std::vector<std::string> others;
  others.reserve(runs.size());
  for (const RunMetrics& run : runs) others.push_back(run.*field);
  std::sort(others.begin(), others.end());
  for (const std::string& name : others) AddOnce(name, &names);
  return names;
}

std::vector<std::string> VariantNames(const v1::ExperimentSpec& spec) {
  std::vector<std::string> names(spec.variants().begin(), spec.variants().end());
  for (const v1::Variant& variant : spec.define()) AddOnce(variant.name(), &names);
  return names;
}

// Those that tell most about how a kernel maps its memory.
constexpr absl::string_view kKeyMetrics[] = {"linear.l2_blocks", "linear.l3_entries",
                                             "linear.l3_entries_noncont", "linear.table_bytes",
                                             "linear.tlb_entries"};

bool IsKey(const v1::ComparisonRow& row) {
  return row.verdict() != v1::VERDICT_UNSPECIFIED || IsBoardMetric(row.metric()) ||
         std::find(std::begin(kKeyMetrics), std::end(kKeyMetrics), row.metric()) !=
             std::end(kKeyMetrics);
}

bool AllZero(const std::vector<double>& values) {
  return std::all_of(values.begin(), values.end(), [](double value) { return value == 0; });
}

void FillFigures(const Pairs& pairs, v1::ComparisonRow* row) {
  row->set_n(static_cast<uint32_t>(pairs.values.size()));
  row->set_baseline_median(Median(pairs.baseline));
  row->set_baseline_mean(Mean(pairs.baseline));
  row->set_median(Median(pairs.values));
  row->set_mean(Mean(pairs.values));
  if (std::optional<double> delta = DeltaPercent(pairs.baseline, pairs.values))
    row->set_delta_percent(*delta);
  if (std::optional<Interval> interval = DeltaPercentInterval(pairs.baseline, pairs.values)) {
    row->add_ci95(interval->low);
    row->add_ci95(interval->high);
  }
  if (std::optional<double> p = SignFlipPValue(pairs.Differences())) row->set_p_value(*p);
}

// Metrics that an expectation speaks of but no run has: their rows say ERROR. With runs that show
// the workload's phases, an expectation about another phase is not about this workload.
void AddExpectedKeys(const v1::ExperimentSpec& spec, const v1::ComparisonRow& place,
                     std::vector<MetricKey>* keys) {
  const std::vector<MetricKey> found = *keys;
  for (const v1::Expectation& expectation : spec.expect()) {
    v1::ComparisonRow row = place;
    row.set_phase(expectation.phase());
    row.set_metric(expectation.metric());
    if (!SpeaksOf(expectation, row)) continue;
    auto same_phase = [&](const MetricKey& key) { return key.phase == row.phase(); };
    auto same = [&](const MetricKey& key) { return same_phase(key) && key.metric == row.metric(); };
    if (!found.empty() && std::none_of(found.begin(), found.end(), same_phase)) continue;
    if (std::none_of(keys->begin(), keys->end(), same))
      keys->push_back({row.phase(), row.metric(), ""});
  }
}

bool Expected(const v1::ExperimentSpec& spec, const v1::ComparisonRow& row) {
  return std::any_of(spec.expect().begin(), spec.expect().end(),
                     [&](const auto& expectation) { return SpeaksOf(expectation, row); });
}

void FillPairs(const Pairs& pairs, v1::ComparisonRow* row) {
  for (size_t i = 0; i < pairs.values.size(); ++i) {
    v1::Pair& pair = *row->add_pairs();
    const auto& [baseline, run] = pairs.runs[i];
    pair.set_seed(run->seed);
    pair.set_baseline(pairs.baseline[i]);
    pair.set_value(pairs.values[i]);
    pair.set_baseline_run(baseline->id);
    pair.set_run(run->id);
  }
}

// What all rows of one comparison are made of.
struct Source {
  const v1::ExperimentSpec& spec;
  const RunIndex index;
  const std::vector<std::string> machines, workloads;
  const CompareOptions options;
};

Source MakeSource(const v1::ExperimentSpec& spec, const std::vector<RunMetrics>& runs,
                  const CompareOptions& options) {
  std::vector<std::string> machines(spec.machines().begin(), spec.machines().end());
  std::vector<std::string> workloads(spec.workloads().begin(), spec.workloads().end());
  return {spec, RunIndex(runs), Ordered(std::move(machines), runs, &RunMetrics::machine),
          Ordered(std::move(workloads), runs, &RunMetrics::workload), options};
}

// The rows of one match on one machine under one workload, which `place` names.
void AddRows(const Source& source, const Match& match, const v1::ComparisonRow& place,
             v1::Comparison* comparison) {
  std::vector<MetricKey> keys =
      source.index.KeysOf(match.baseline, match.variant, place.machine(), place.workload());
  AddExpectedKeys(source.spec, place, &keys);
  for (const MetricKey& key : keys) {
    v1::ComparisonRow row = place;
    row.set_phase(key.phase);
    row.set_metric(key.metric);
    row.set_unit(key.unit);
    Pairs pairs =
        source.index.PairsOf(match.baseline, match.variant, row.machine(), row.workload(), key);
    if (!Expected(source.spec, row) && AllZero(pairs.values) && AllZero(pairs.baseline)) continue;
    FillFigures(pairs, &row);
    if (source.options.pairs) FillPairs(pairs, &row);
    row.set_verdict(VerdictOf(source.spec, pairs, row));
    row.set_key(IsKey(row));
    if (row.has_p_value() && AllZero(pairs.Differences())) row.set_p_holm(1);
    *comparison->add_rows() = row;
  }
}

// `both`: only where both have runs, not where either has.
void AddMatch(const Source& source, const Match& match, bool both, v1::Comparison* comparison) {
  for (const std::string& machine : source.machines) {
    for (const std::string& workload : source.workloads) {
      const bool of_baseline = source.index.Has(match.baseline, machine, workload);
      const bool of_variant = source.index.Has(match.variant, machine, workload);
      if (both ? !of_baseline || !of_variant : !of_baseline && !of_variant) continue;
      v1::ComparisonRow place;
      place.set_variant(match.name);
      place.set_machine(machine);
      place.set_workload(workload);
      AddRows(source, match, place, comparison);
    }
  }
}

// Gives p_holm to the rows of one family that have not got theirs.
void CorrectFamily(const v1::ExperimentSpec& spec, bool expected, v1::Comparison* comparison) {
  std::vector<v1::ComparisonRow*> family;
  std::vector<double> p_values;
  for (v1::ComparisonRow& row : *comparison->mutable_rows()) {
    if (!row.has_p_value() || row.has_p_holm() || Expected(spec, row) != expected) continue;
    family.push_back(&row);
    p_values.push_back(row.p_value());
  }
  const std::vector<double> adjusted = HolmAdjusted(p_values);
  for (size_t i = 0; i < family.size(); ++i) family[i]->set_p_holm(adjusted[i]);
}

void CorrectFamilies(const v1::ExperimentSpec& spec, v1::Comparison* comparison) {
  for (bool expected : {true, false}) CorrectFamily(spec, expected, comparison);
}

}  // namespace

v1::Comparison Compare(const v1::ExperimentSpec& spec, absl::string_view experiment_id,
                       absl::string_view baseline, const std::vector<RunMetrics>& runs,
                       const CompareOptions& options) {
  v1::Comparison comparison;
  comparison.set_experiment(std::string(experiment_id));
  comparison.set_baseline(std::string(baseline));
  const Source source = MakeSource(spec, runs, options);
  for (const std::string& variant : Ordered(VariantNames(spec), runs, &RunMetrics::variant)) {
    if (variant == baseline) continue;
    AddMatch(source, {std::string(baseline), variant, variant}, /*both=*/false, &comparison);
  }
  CorrectFamilies(spec, &comparison);
  return comparison;
}

v1::Comparison CompareMatches(const v1::ExperimentSpec& spec, const std::vector<Match>& matches,
                              const std::vector<RunMetrics>& runs, const CompareOptions& options) {
  v1::Comparison comparison;
  const Source source = MakeSource(spec, runs, options);
  for (const Match& match : matches) AddMatch(source, match, /*both=*/true, &comparison);
  CorrectFamilies(spec, &comparison);
  return comparison;
}

}  // namespace roxlab
