// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_SERVER_COMPARE_COMPARE_H_
#define ROXLAB_SERVER_COMPARE_COMPARE_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "roxlab/v1/record.pb.h"

// What an experiment shows: pure functions from its runs. They give the same answer for the same
// runs, in whatever order these come.
namespace roxlab {

// What one phase of a run measured.
struct PhaseMetrics {
  std::string phase;
  std::vector<v1::Metric> metrics;
};

// A run as far as the comparison looks at it.
struct RunMetrics {
  std::string variant;
  std::string machine;
  std::string workload;
  uint64_t seed = 0;
  v1::Verdict verdict = v1::VERDICT_UNSPECIFIED;  // Unspecified: not done yet.
  std::vector<PhaseMetrics> phases;               // In the workload's order.
  std::string id = {};                            // Only for ComparisonRow.pairs.
};

struct CompareOptions {
  bool pairs = false;  // Fills ComparisonRow.pairs.
};

// Sets each variant beside `baseline`, paired by seed on the same machine and workload. Only runs
// that PASSed have values; a value that is not finite is none.
//
// Rows: one for each variant but the baseline, machine, workload (in the order of `spec`), phase
// and metric (in the order of the runs). A row whose values are all zero on both sides, or that has
// no pair, is left out unless an expectation speaks of it.
//
// Holm's correction (p_holm) has two families: the rows that an expectation speaks of, which are
// what the experiment was made for and was said before, and all others, which were looked through.
// A row without any difference between its pairs is no member of either: whatever the signs, its p
// is 1, so it cannot be a false finding.
//
// Verdict of a row that an expectation speaks of: ERROR when a seed lacks its value on either side
// (unspecified while a run that may still bring it is not done), otherwise PASS or FAIL as Holds()
// in expectations.h says; of several expectations the worst.
//
// An expectation speaks of each machine and workload that it does not exclude, but not of a
// workload that has no such phase.
v1::Comparison Compare(const v1::ExperimentSpec& spec, absl::string_view experiment_id,
                       absl::string_view baseline, const std::vector<RunMetrics>& runs,
                       const CompareOptions& options = {});

// Two variants beside each other, as RunMetrics.variant has them, and what rows call the second.
struct Match {
  std::string baseline;
  std::string variant;
  std::string name;
};

// The same for any variants, also of several experiments, that `runs` holds under names of their
// own: rows only for machines and workloads that both have runs of, match by match. `spec` gives
// the order of these, and the expectations, which go by Match.name. Neither experiment nor baseline
// is filled in.
v1::Comparison CompareMatches(const v1::ExperimentSpec& spec, const std::vector<Match>& matches,
                              const std::vector<RunMetrics>& runs,
                              const CompareOptions& options = {});

struct ExperimentVerdict {
  v1::Verdict verdict = v1::VERDICT_UNSPECIFIED;
  std::string summary;  // One line for people.
};

// The experiment's verdict, from the comparison that Compare() made of the same `spec` and `runs`.
// The first that applies: unspecified while a run is not done; FAIL when a run failed or an
// expectation does not hold; ERROR when a run ended in ERROR; CANCELLED when a run was cancelled;
// ERROR when an expectation found no value; PASS. The summary names the reason, or the first
// expectation that holds with its figures.
ExperimentVerdict Judge(const v1::ExperimentSpec& spec, const v1::Comparison& comparison,
                        const std::vector<RunMetrics>& runs);

}  // namespace roxlab

#endif  // ROXLAB_SERVER_COMPARE_COMPARE_H_
