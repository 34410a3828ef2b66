// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_CLIENT_CHANNEL_H_
#define ROXLAB_CLIENT_CHANNEL_H_

#include <grpcpp/channel.h>

#include <memory>
#include <string>

#include "client/credentials.h"

namespace roxlab {

// The largest message on either side: a submission with all its patches.
inline constexpr int kLargestMessage = 64 << 20;

// A channel to a server's gRPC address; with TLS and `credentials` where it begins with kTlsScheme,
// otherwise with neither: a token never goes over a line that others may read. Connects when first
// used; keepalive notices a peer that is gone without a word within about half a minute, and
// reconnects come within a second.
std::shared_ptr<grpc::Channel> MakeChannel(const std::string& address,
                                           const Credentials& credentials = {});

}  // namespace roxlab

#endif  // ROXLAB_CLIENT_CHANNEL_H_
