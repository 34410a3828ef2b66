// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_RUNNER_COLLECT_REVIEW_H_
#define ROXLAB_RUNNER_COLLECT_REVIEW_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "pagetable/walk.h"
#include "roxlab/v1/record.pb.h"

namespace roxlab {

// What Snapshot.collector says: the kernel's own dump through debugfs, the guest's tables read from
// outside, or fetched by the probe through /proc/kcore.
inline constexpr char kPtdumpCollector[] = "ptdump";
inline constexpr char kWalkCollector[] = "guest-ram";
inline constexpr char kKcoreCollector[] = "kcore";

// What one collector saw in the moment of the dump.
struct Reading {
  absl::string_view collector;
  absl::StatusOr<pagetable::Walk> walk;
};

// What one moment's data say.
struct Review {
  // The census of the dump, without `phase` and `raw`.
  v1::Snapshot ptdump;
  // The dump itself; without ranges where it cannot be parsed.
  pagetable::Dump dump;
  // Whether the first reading agrees with the dump.
  bool agreed = false;
  // OK; VariantError ("invariant") with the promises that the first reading shows broken, if it
  // agrees with the dump; or the first of: InfraError for a dump that cannot be parsed or a walk
  // that failed, InfraError ("disagreement") where two of them differ, with the first differing
  // entry.
  absl::Status verdict;
};

// Reviews a kernel_page_tables text and what else was seen in the same moment: walks with the dump,
// and, physical addresses as well, with each other. `strict_rodata`: see InvariantOptions.
Review ReviewSnapshot(absl::string_view text, absl::Span<const Reading> readings,
                      bool strict_rodata);

// Whether a kernel with this command line protects the aliases of read-only memory: rodata=on, or
// not said. The last word counts.
bool StrictRodata(absl::string_view cmdline);

}  // namespace roxlab

#endif  // ROXLAB_RUNNER_COLLECT_REVIEW_H_
