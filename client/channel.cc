// SPDX-License-Identifier: Apache-2.0
#include "client/channel.h"

#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>

#include "absl/strings/strip.h"

namespace roxlab {
namespace {

std::shared_ptr<grpc::ChannelCredentials> Secure(const Credentials& credentials) {
  grpc::SslCredentialsOptions options;
  options.pem_root_certs = credentials.ca;
  options.pem_cert_chain = credentials.certificate;
  options.pem_private_key = credentials.key;
  std::shared_ptr<grpc::ChannelCredentials> channel = grpc::SslCredentials(options);
  if (credentials.token.empty()) return channel;
  return grpc::CompositeChannelCredentials(channel,
                                           grpc::AccessTokenCredentials(credentials.token));
}

}  // namespace

std::shared_ptr<grpc::Channel> MakeChannel(const std::string& address,
                                           const Credentials& credentials) {
  grpc::ChannelArguments arguments;
  arguments.SetMaxReceiveMessageSize(kLargestMessage);
  arguments.SetMaxSendMessageSize(kLargestMessage);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIME_MS, 20'000);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, 10'000);
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 200);
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 1'000);
  absl::string_view target = address;
  if (!absl::ConsumePrefix(&target, kTlsScheme))
    return grpc::CreateCustomChannel(address, grpc::InsecureChannelCredentials(), arguments);
  return grpc::CreateCustomChannel(std::string(target), Secure(credentials), arguments);
}

}  // namespace roxlab
