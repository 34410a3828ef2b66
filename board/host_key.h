// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_BOARD_HOST_KEY_H_
#define ROXLAB_BOARD_HOST_KEY_H_

#include <filesystem>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/process.h"

namespace roxlab {

// A board's public host key.
struct HostKey {
  std::string type;    // "ssh-ed25519"
  std::string base64;  // The key itself (RFC 4253, 6.6).

  bool operator==(const HostKey& other) const = default;
  // One line "TYPE BASE64", as in a known_hosts file after the host.
  std::string Line() const { return type + " " + base64; }
};

// From such a line; what follows the key is a comment. INVALID_ARGUMENT when it is none.
absl::StatusOr<HostKey> ParseHostKey(absl::string_view line);

// "SHA256:..." as OpenSSH prints it.
absl::StatusOr<std::string> Fingerprint(const HostKey& key);

// Where the known key of a board lives: boards.d/NAME.hostkey.
std::filesystem::path HostKeyPath(const std::filesystem::path& boards, absl::string_view board);

// The key taken down at `path`. FAILED_PRECONDITION with the remedy when there is none; `board`
// names it there.
absl::StatusOr<HostKey> LoadHostKey(const std::filesystem::path& path, absl::string_view board);
absl::Status StoreHostKey(const std::filesystem::path& path, const HostKey& key);

// The key that the host shows now, with nobody logged in: for `board trust`, after a person has
// compared the fingerprint. Errors as SshSession::Connect.
absl::StatusOr<HostKey> FetchHostKey(const std::string& host, uint32_t port, absl::Time deadline,
                                     const StopToken& stop);

}  // namespace roxlab

#endif  // ROXLAB_BOARD_HOST_KEY_H_
