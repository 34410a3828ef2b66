// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_SERVER_AUTH_TLS_H_
#define ROXLAB_SERVER_AUTH_TLS_H_

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "roxlab/v1/settings.pb.h"

namespace roxlab {

// What a server with TLS shows, and whom it asks for the same; PEM.
struct Tls {
  std::string certificate;  // With its chain.
  std::string key;
  std::string runner_ca;  // Empty: runners show no certificate.
  // The first DNS name of the certificate, under which clients find that it is right; empty: none.
  std::string name;
};

// Nothing without tls_certificate. INVALID_ARGUMENT names the setting and the file: one that cannot
// be read, is no PEM, a key that is not the certificate's, a certificate that is over at `now`.
absl::StatusOr<std::optional<Tls>> ReadTls(const v1::ServerSettings& settings, absl::Time now);

}  // namespace roxlab

#endif  // ROXLAB_SERVER_AUTH_TLS_H_
