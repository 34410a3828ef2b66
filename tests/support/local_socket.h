// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_TESTS_SUPPORT_LOCAL_SOCKET_H_
#define ROXLAB_TESTS_SUPPORT_LOCAL_SOCKET_H_

#include <cstdint>
#include <filesystem>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace roxlab {

// A TCP port of 127.0.0.1 that nobody listens on, now.
absl::StatusOr<uint16_t> FreePort();

// Whether somebody takes connections on a TCP port of 127.0.0.1.
bool Listens(uint16_t port);

// Gives one command, a JSON object, to a QEMU's monitor (docs/interop/qmp-spec in QEMU's sources)
// on a Unix socket. INTERNAL with QEMU's answer when it refuses.
absl::Status QmpCommand(const std::filesystem::path& socket, absl::string_view command);

}  // namespace roxlab

#endif  // ROXLAB_TESTS_SUPPORT_LOCAL_SOCKET_H_
