// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_SERVER_RPC_UNARY_H_
#define ROXLAB_SERVER_RPC_UNARY_H_

#include <grpcpp/grpcpp.h>

#include <utility>

#include "absl/status/statusor.h"
#include "client/grpc_status.h"
#include "server/lab/worker_pool.h"

namespace roxlab {

// Answers a unary call with what `work`, an absl::StatusOr<Response>(), gives, in one of the
// pool's threads.
template <typename Response, typename Work>
grpc::ServerUnaryReactor* Answer(WorkerPool& pool, grpc::CallbackServerContext* context,
                                 Response* response, Work work) {
  grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
  pool.Submit([reactor, response, work = std::move(work)] {
    absl::StatusOr<Response> result = work();
    const absl::Status status = result.status();
    if (status.ok()) *response = *std::move(result);
    reactor->Finish(ToGrpc(status));
  });
  return reactor;
}

}  // namespace roxlab

#endif  // ROXLAB_SERVER_RPC_UNARY_H_
