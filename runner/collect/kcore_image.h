// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_RUNNER_COLLECT_KCORE_IMAGE_H_
#define ROXLAB_RUNNER_COLLECT_KCORE_IMAGE_H_

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "pagetable/walk.h"

namespace roxlab {

// Walks the tables of a kKcoreTables payload (probe/stream_format.h), whose bytes are the guest's
// and not believed. DATA_LOSS, with the place, for a payload that is cut off, that no arm64 kernel
// can have sent or that gives a page twice, and for what WalkTables refuses: a table that is
// missing, say. Takes memory in proportion to the payload at most.
absl::StatusOr<pagetable::Walk> WalkKcore(absl::string_view payload);

}  // namespace roxlab

#endif  // ROXLAB_RUNNER_COLLECT_KCORE_IMAGE_H_
