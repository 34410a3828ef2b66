// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_SERVER_HTTP_CALL_H_
#define ROXLAB_SERVER_HTTP_CALL_H_

#include <grpcpp/client_context.h>
#include <grpcpp/generic/generic_stub.h>

#include "absl/status/statusor.h"
#include "server/http/connect_head.h"
#include "server/http/live_calls.h"
#include "server/http/message.h"
#include "server/lab/worker_pool.h"

namespace roxlab {

// What calls work with; outlives them.
struct CallPlaces {
  grpc::GenericStub& stub;
  // Messages are read and written there, not in the threads of gRPC or of the connections.
  WorkerPool& pool;
  LiveCalls& live;
  size_t limit;  // Of a request, as sent and unpacked, bytes.
};

// Both start a call that ends by itself, and give what to call when the client is gone.
CancelCall StartUnaryCall(const CallPlaces& places, const ConnectHead& head, HttpRequest request,
                          Respond respond);
CancelCall StartStreamCall(const CallPlaces& places, const ConnectHead& head, HttpRequest request,
                           Respond respond);

// For both: the name of the method in gRPC; the time until which it may take, and whose it is; the
// request's message as gRPC takes it, that is unpacked, out of its envelope and read.
std::string GrpcName(const ConnectHead& head);
void SetHead(const ConnectHead& head, grpc::ClientContext* context);
absl::StatusOr<grpc::ByteBuffer> RequestMessage(const ConnectHead& head, const HttpRequest& request,
                                                size_t limit);

}  // namespace roxlab

#endif  // ROXLAB_SERVER_HTTP_CALL_H_
