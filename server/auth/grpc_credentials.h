// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_SERVER_AUTH_GRPC_CREDENTIALS_H_
#define ROXLAB_SERVER_AUTH_GRPC_CREDENTIALS_H_

#include <grpcpp/security/server_credentials.h>
#include <grpcpp/server_context.h>

#include <memory>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "roxlab/v1/auth.pb.h"
#include "server/auth/gate.h"
#include "server/auth/tls.h"

namespace roxlab {

// What the gRPC port works with: TLS and, before each call of whatever service, `gate`, which must
// outlive the server; without `tls` neither.
std::shared_ptr<grpc::ServerCredentials> GrpcCredentials(const std::optional<Tls>& tls, Gate& gate);

// Who makes the call, which the gate has let in. UNAUTHENTICATED: the token was revoked just now.
absl::StatusOr<v1::Caller> CallerOf(const Gate& gate, const grpc::ServerContextBase& context);

// Where it comes from: a call that the HTTP port passed on, which says it in the header
// kPeerHeader, from its client.
inline constexpr char kPeerHeader[] = "roxlab-peer";
std::string PeerOf(const grpc::ServerContextBase& context);

}  // namespace roxlab

#endif  // ROXLAB_SERVER_AUTH_GRPC_CREDENTIALS_H_
