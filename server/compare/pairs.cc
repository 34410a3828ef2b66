// SPDX-License-Identifier: Apache-2.0
#include "server/compare/pairs.h"

#include <cmath>
#include <optional>
#include <set>
#include <tuple>

#include "absl/strings/str_cat.h"

namespace roxlab {
namespace {

// Names hold no newline (IsValidName).
std::string Key(absl::string_view variant, absl::string_view machine, absl::string_view workload) {
  return absl::StrCat(variant, "\n", machine, "\n", workload);
}

std::optional<double> ValueOf(const RunMetrics& run, const MetricKey& key) {
  if (run.verdict != v1::PASS) return std::nullopt;
  for (const PhaseMetrics& phase : run.phases) {
    if (phase.phase != key.phase) continue;
    for (const v1::Metric& metric : phase.metrics)
      if (metric.name() == key.metric && std::isfinite(metric.value())) return metric.value();
  }
  return std::nullopt;
}

}  // namespace

std::vector<double> Pairs::Differences() const {
  std::vector<double> differences(values);
  for (size_t i = 0; i < differences.size(); ++i) differences[i] -= baseline[i];
  return differences;
}

RunIndex::RunIndex(const std::vector<RunMetrics>& runs) {
  for (const RunMetrics& run : runs)
    runs_[Key(run.variant, run.machine, run.workload)][run.seed] = &run;
}

const RunIndex::BySeed& RunIndex::RunsOf(absl::string_view variant, absl::string_view machine,
                                         absl::string_view workload) const {
  static const BySeed* const none = new BySeed();
  auto found = runs_.find(Key(variant, machine, workload));
  return found == runs_.end() ? *none : found->second;
}

bool RunIndex::Has(absl::string_view variant, absl::string_view machine,
                   absl::string_view workload) const {
  return !RunsOf(variant, machine, workload).empty();
}

Pairs RunIndex::PairsOf(absl::string_view baseline, absl::string_view variant,
                        absl::string_view machine, absl::string_view workload,
                        const MetricKey& key) const {
  const BySeed& base_runs = RunsOf(baseline, machine, workload);
  const BySeed& variant_runs = RunsOf(variant, machine, workload);
  std::set<uint64_t> seeds;
  for (const auto& [seed, run] : base_runs) seeds.insert(seed);
  for (const auto& [seed, run] : variant_runs) seeds.insert(seed);

  Pairs pairs;
  for (uint64_t seed : seeds) {
    std::optional<double> found[2];
    const RunMetrics* runs[2] = {};
    bool undone = false;
    const BySeed* const sides[2] = {&base_runs, &variant_runs};
    for (int side = 0; side < 2; ++side) {
      auto run = sides[side]->find(seed);
      if (run == sides[side]->end()) continue;
      runs[side] = run->second;
      found[side] = ValueOf(*run->second, key);
      undone = undone || run->second->verdict == v1::VERDICT_UNSPECIFIED;
    }
    if (found[0] && found[1]) {
      pairs.baseline.push_back(*found[0]);
      pairs.values.push_back(*found[1]);
      pairs.runs.emplace_back(runs[0], runs[1]);
    } else {
      (undone ? pairs.pending : pairs.missing) = true;
    }
  }
  return pairs;
}

std::vector<MetricKey> RunIndex::KeysOf(absl::string_view baseline, absl::string_view variant,
                                        absl::string_view machine,
                                        absl::string_view workload) const {
  // Phases first: a metric that only a later run has still comes with its phase.
  std::vector<std::vector<MetricKey>> phases;
  std::map<std::string, size_t> place;
  std::set<std::pair<size_t, std::string>> known;
  for (absl::string_view side : {baseline, variant}) {
    for (const auto& [seed, run] : RunsOf(side, machine, workload)) {
      if (run->verdict != v1::PASS) continue;
      for (const PhaseMetrics& phase : run->phases) {
        size_t index = place.try_emplace(phase.phase, phases.size()).first->second;
        if (index == phases.size()) phases.emplace_back();
        for (const v1::Metric& metric : phase.metrics)
          if (known.insert({index, metric.name()}).second)
            phases[index].push_back({phase.phase, metric.name(), metric.unit()});
      }
    }
  }
  std::vector<MetricKey> keys;
  for (const std::vector<MetricKey>& phase : phases)
    keys.insert(keys.end(), phase.begin(), phase.end());
  return keys;
}

}  // namespace roxlab
