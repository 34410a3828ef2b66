// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_RUNNER_COLLECT_MEASURES_H_
#define ROXLAB_RUNNER_COLLECT_MEASURES_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "roxlab/v1/record.pb.h"

namespace roxlab {

inline constexpr absl::string_view kMeasuresCollector = "board";

// What a board measured in a phase.
struct Measures {
  std::vector<v1::Metric> metrics;   // Each name once.
  std::vector<std::string> missing;  // "NAME: WHY" of what it cannot tell; printable.
};

// Reads RecordType::kMeasures. A name that comes again has its last value. DATA_LOSS, naming the
// line, for what no probe of ours writes.
absl::StatusOr<Measures> ParseMeasures(absl::string_view text);

}  // namespace roxlab

#endif  // ROXLAB_RUNNER_COLLECT_MEASURES_H_
