// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_CLIENT_CHANNEL_H_
#define ROXLAB_CLIENT_CHANNEL_H_

#include <grpcpp/channel.h>

#include <memory>
#include <string>

namespace roxlab {

// The largest message on either side: a submission with all its patches.
inline constexpr int kLargestMessage = 64 << 20;

// A channel to a server's gRPC address. Connects when first used; keepalive notices a peer that
// is gone without a word within about half a minute, and reconnects come within a second.
std::shared_ptr<grpc::Channel> MakeChannel(const std::string& address);

}  // namespace roxlab

#endif  // ROXLAB_CLIENT_CHANNEL_H_
