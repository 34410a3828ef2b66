// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_RUNNER_COLLECT_REVIEW_H_
#define ROXLAB_RUNNER_COLLECT_REVIEW_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "pagetable/walk.h"
#include "roxlab/v1/record.pb.h"

namespace roxlab {

// What Snapshot.collector says: the kernel's own dump through debugfs, or the guest's tables read
// from outside.
inline constexpr char kPtdumpCollector[] = "ptdump";
inline constexpr char kWalkCollector[] = "guest-ram";

// What one moment's data say.
struct Review {
  // The census of the dump, without `phase` and `raw`.
  v1::Snapshot ptdump;
  // The dump itself; without ranges where it cannot be parsed.
  pagetable::Dump dump;
  // OK, or the worst of: InfraError for a dump that cannot be parsed or a walk that failed,
  // InfraError ("disagreement") where the two differ, with the first differing entry;
  // VariantError ("invariant") with the promises that are broken.
  absl::Status verdict;
};

// Reviews a kernel_page_tables text alone.
Review ReviewDump(absl::string_view text);

// Reviews the text and the walk of the same moment. `strict_rodata`: see InvariantOptions.
Review ReviewBoth(absl::string_view text, const absl::StatusOr<pagetable::Walk>& walk,
                  bool strict_rodata);

// Whether a kernel with this command line protects the aliases of read-only memory: rodata=on, or
// not said. The last word counts.
bool StrictRodata(absl::string_view cmdline);

}  // namespace roxlab

#endif  // ROXLAB_RUNNER_COLLECT_REVIEW_H_
