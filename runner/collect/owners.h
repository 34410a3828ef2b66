// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_RUNNER_COLLECT_OWNERS_H_
#define ROXLAB_RUNNER_COLLECT_OWNERS_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "pagetable/attribution.h"

namespace roxlab {

// What the probe tells of who has which memory (RecordType::kOwners). Names are made printable.
// DATA_LOSS with the line that is wrong.
absl::StatusOr<pagetable::Ownership> ParseOwners(absl::string_view text);

// JSON of v1::Attribution.
std::string AttributionJson(const pagetable::Attribution& attribution, const std::string& phase);

}  // namespace roxlab

#endif  // ROXLAB_RUNNER_COLLECT_OWNERS_H_
