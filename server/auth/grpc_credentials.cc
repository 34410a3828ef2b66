// SPDX-License-Identifier: Apache-2.0
#include "server/auth/grpc_credentials.h"

#include "absl/strings/match.h"
#include "absl/strings/str_replace.h"
#include "client/grpc_status.h"

namespace roxlab {
namespace {

constexpr char kAuthorization[] = "authorization";

template <typename Metadata>
absl::string_view ValueOf(const Metadata& metadata, const char* name) {
  const auto found = metadata.find(name);
  if (found == metadata.end()) return {};
  return {found->second.data(), found->second.size()};
}

// gRPC asks it before any call of any service, with the call's headers.
class GateKeeper : public grpc::AuthMetadataProcessor {
 public:
  explicit GateKeeper(Gate& gate) : gate_(gate) {}

  bool IsBlocking() const override { return false; }
  // What is found out here is not kept in `context`: that is the connection's, not the call's.
  grpc::Status Process(const InputMetadata& metadata, grpc::AuthContext* context, OutputMetadata*,
                       OutputMetadata*) override {
    return ToGrpc(
        gate_.Admit(ValueOf(metadata, ":path"), {.authorization = ValueOf(metadata, kAuthorization),
                                                 .certificate = context->IsPeerAuthenticated()}));
  }

 private:
  Gate& gate_;
};

}  // namespace

std::shared_ptr<grpc::ServerCredentials> GrpcCredentials(const std::optional<Tls>& tls,
                                                         Gate& gate) {
  if (!tls.has_value()) return grpc::InsecureServerCredentials();
  // A certificate that is shown must be right; who must show one, the gate says.
  grpc::SslServerCredentialsOptions options(tls->runner_ca.empty()
                                                ? GRPC_SSL_DONT_REQUEST_CLIENT_CERTIFICATE
                                                : GRPC_SSL_REQUEST_CLIENT_CERTIFICATE_AND_VERIFY);
  options.pem_key_cert_pairs.push_back({tls->key, tls->certificate});
  options.pem_root_certs = tls->runner_ca;
  std::shared_ptr<grpc::ServerCredentials> credentials = grpc::SslServerCredentials(options);
  credentials->SetAuthMetadataProcessor(std::make_shared<GateKeeper>(gate));
  return credentials;
}

std::string PeerOf(const grpc::ServerContextBase& context) {
  const std::string peer = context.peer();
  // From elsewhere anybody could send the header. Within a process gRPC knows no address.
  if (peer == "unknown" || absl::StartsWith(peer, "inproc"))
    return std::string(ValueOf(context.client_metadata(), kPeerHeader));
  // "ipv6:%5B::1%5D:7310" as people know it.
  return absl::StrReplaceAll(peer, {{"ipv4:", ""}, {"ipv6:", ""}, {"%5B", "["}, {"%5D", "]"}});
}

absl::StatusOr<v1::Caller> CallerOf(const Gate& gate, const grpc::ServerContextBase& context) {
  return gate.Find(ValueOf(context.client_metadata(), kAuthorization));
}

}  // namespace roxlab
