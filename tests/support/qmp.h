// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_TESTS_SUPPORT_QMP_H_
#define ROXLAB_TESTS_SUPPORT_QMP_H_

#include <filesystem>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace roxlab {

// Gives one command, a JSON object, to a QEMU's monitor (docs/interop/qmp-spec in QEMU's sources)
// on a Unix socket. INTERNAL with QEMU's answer when it refuses.
absl::Status QmpCommand(const std::filesystem::path& socket, absl::string_view command);

}  // namespace roxlab

#endif  // ROXLAB_TESTS_SUPPORT_QMP_H_
