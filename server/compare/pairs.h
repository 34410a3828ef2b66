// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_SERVER_COMPARE_PAIRS_H_
#define ROXLAB_SERVER_COMPARE_PAIRS_H_

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "server/compare/compare.h"

namespace roxlab {

// A metric's values of the baseline and of a variant: [i] of both are of one seed, ascending.
struct Pairs {
  std::vector<double> baseline;
  std::vector<double> values;
  std::vector<std::pair<const RunMetrics*, const RunMetrics*>> runs;  // That they are of.
  // A seed lacks its value on either side, and: no run will bring it any more; some run still may.
  bool missing = false;
  bool pending = false;

  std::vector<double> Differences() const;
};

// One metric in one phase.
struct MetricKey {
  std::string phase;
  std::string metric;
  std::string unit;
};

// The runs of one experiment, found by variant, machine, workload and seed. Borrows the runs.
class RunIndex {
 public:
  explicit RunIndex(const std::vector<RunMetrics>& runs);

  Pairs PairsOf(absl::string_view baseline, absl::string_view variant, absl::string_view machine,
                absl::string_view workload, const MetricKey& key) const;
  // All that passed runs of either variant have, each once, in the order of the first run by seed
  // that has it (the baseline's runs first).
  std::vector<MetricKey> KeysOf(absl::string_view baseline, absl::string_view variant,
                                absl::string_view machine, absl::string_view workload) const;
  // Whether there are runs of this kind.
  bool Has(absl::string_view variant, absl::string_view machine, absl::string_view workload) const;

 private:
  using BySeed = std::map<uint64_t, const RunMetrics*>;
  const BySeed& RunsOf(absl::string_view variant, absl::string_view machine,
                       absl::string_view workload) const;

  std::map<std::string, BySeed> runs_;
};

}  // namespace roxlab

#endif  // ROXLAB_SERVER_COMPARE_PAIRS_H_
