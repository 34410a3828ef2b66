// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_CLIENT_CREDENTIALS_H_
#define ROXLAB_CLIENT_CREDENTIALS_H_

#include <filesystem>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace roxlab {

// What an address begins with where the server speaks TLS: "tls://lab.example.org:7310".
inline constexpr absl::string_view kTlsScheme = "tls://";

// In the server's data directory: an admin's token, which only the server's user can read.
inline constexpr char kOwnTokenFile[] = "admin.token";

// What a client shows to a server with TLS, and what it trusts.
struct Credentials {
  std::string token;        // Empty: none.
  std::string ca;           // PEM; empty: the system's authorities.
  std::string certificate;  // PEM; empty: none.
  std::string key;
};

// Names of files; an empty one is left out.
struct CredentialFiles {
  std::filesystem::path token = {}, ca = {}, certificate = {}, key = {};
};
// INVALID_ARGUMENT names the file that cannot be read, or holds no token.
absl::StatusOr<Credentials> ReadCredentials(const CredentialFiles& files);

}  // namespace roxlab

#endif  // ROXLAB_CLIENT_CREDENTIALS_H_
