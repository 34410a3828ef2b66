// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_SERVER_HTTP_CONNECT_HEAD_H_
#define ROXLAB_SERVER_HTTP_CONNECT_HEAD_H_

#include <google/protobuf/descriptor.h>

#include <string>
#include <variant>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "server/http/message.h"
#include "server/http/transcode.h"

namespace roxlab {

// What the path and the header of a Connect request say (https://connectrpc.com/docs/protocol).
struct ConnectHead {
  bool stream() const { return method->server_streaming(); }

  const google::protobuf::MethodDescriptor* method = nullptr;
  Codec codec = Codec::kJson;
  absl::Time deadline = absl::InfiniteFuture();
  bool request_gzip = false;
  bool accepts_gzip = false;  // Of unary answers.
  std::string authorization;  // As gRPC has it; empty: none came.
  std::string peer;           // Where the request came from.
};

// The head, or what to answer instead: an unknown method (404), another HTTP method than POST
// (405), a content type that the method does not take (415), a bad version, timeout or encoding.
// Only methods of roxlab.v1.Lab are known.
std::variant<ConnectHead, HttpResponse> ReadConnectHead(const HttpRequest& request);

// A failed call's answer: a stream's has status 200, and tells at its end.
HttpResponse CallFailure(const ConnectHead& head, const absl::Status& status);

// "application/json" and so on.
std::string ContentType(bool stream, Codec codec);

}  // namespace roxlab

#endif  // ROXLAB_SERVER_HTTP_CONNECT_HEAD_H_
