// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_SERVER_SUBMIT_CMDLINE_H_
#define ROXLAB_SERVER_SUBMIT_CMDLINE_H_

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace roxlab {

// Whether a machine's or variant's part of the kernel command line leaves the lab's own part, which
// comes after it, alone. INVALID_ARGUMENT says what is wrong.
absl::Status CheckCmdline(absl::string_view cmdline);

}  // namespace roxlab

#endif  // ROXLAB_SERVER_SUBMIT_CMDLINE_H_
