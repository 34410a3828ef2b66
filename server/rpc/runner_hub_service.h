// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_SERVER_RPC_RUNNER_HUB_SERVICE_H_
#define ROXLAB_SERVER_RPC_RUNNER_HUB_SERVICE_H_

#include "roxlab/v1/runner_hub.grpc.pb.h"
#include "server/lab/lab.h"

namespace roxlab {

// The handlers of roxlab.v1.RunnerHub.
class RunnerHubService final : public v1::RunnerHub::CallbackService {
 public:
  explicit RunnerHubService(Lab& lab) : lab_(lab) {}

  using Context = grpc::CallbackServerContext;
  // Waits without a thread: a thousand runners' calls are a thousand small objects.
  grpc::ServerUnaryReactor* Synchronize(Context* context, const v1::SynchronizeRequest* request,
                                        v1::SynchronizeResponse* response) override;
  grpc::ServerUnaryReactor* AppendLog(Context* context, const v1::AppendLogRequest* request,
                                      v1::AppendLogResponse* response) override;
  grpc::ServerUnaryReactor* FinishJob(Context* context, const v1::FinishJobRequest* request,
                                      v1::FinishJobResponse* response) override;

 private:
  Lab& lab_;
};

}  // namespace roxlab

#endif  // ROXLAB_SERVER_RPC_RUNNER_HUB_SERVICE_H_
