// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_RUNNER_COLLECT_KTAP_LINE_H_
#define ROXLAB_RUNNER_COLLECT_KTAP_LINE_H_

#include <cstddef>
#include <cstdint>

#include "absl/strings/string_view.h"
#include "roxlab/v1/record.pb.h"

namespace roxlab {

// One line of KTAP, taken for itself. Views are into the line.
struct KtapLine {
  enum Kind {
    kVersion,
    kPlan,        // `number`: of tests.
    kResult,      // `number`, `text`: the description; `status`; `reason`: what follows the "#".
    kBailOut,     // `reason`.
    kDiagnostic,  // `text`, also of unknown lines.
    kNothing,     // Empty, or only a title.
  };
  Kind kind = kNothing;
  size_t indent = 0;
  uint64_t number = 0;
  v1::TestStatus status = v1::TEST_STATUS_UNSPECIFIED;
  absl::string_view text, reason;
};

KtapLine ReadKtapLine(absl::string_view line);

}  // namespace roxlab

#endif  // ROXLAB_RUNNER_COLLECT_KTAP_LINE_H_
