// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_RUNNER_COLLECT_PTDUMP_COLLECTOR_H_
#define ROXLAB_RUNNER_COLLECT_PTDUMP_COLLECTOR_H_

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "roxlab/v1/record.pb.h"

namespace roxlab {

// What Snapshot.collector says of its snapshots.
inline constexpr char kPtdumpCollector[] = "ptdump";

// The census of a kernel_page_tables text, without `phase` and `raw`. The parser's error, which
// names the line, for a text that it does not take.
absl::StatusOr<v1::Snapshot> CountPtdump(absl::string_view text);

}  // namespace roxlab

#endif  // ROXLAB_RUNNER_COLLECT_PTDUMP_COLLECTOR_H_
