// SPDX-License-Identifier: Apache-2.0
#include "server/rpc/runner_hub_service.h"

#include <atomic>
#include <memory>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "client/grpc_status.h"
#include "common/printable.h"
#include "common/status_macros.h"
#include "server/auth/grpc_credentials.h"
#include "server/lab/dispatcher.h"
#include "server/lab/hub.h"
#include "server/rpc/unary.h"

namespace roxlab {
namespace {

// A runner's call from its start until its answer has gone out.
class SynchronizeCall : public grpc::ServerUnaryReactor {
 public:
  static SynchronizeCall* Start(Dispatcher& dispatcher, const v1::SynchronizeRequest& request,
                                absl::Status allowed, v1::SynchronizeResponse* response) {
    std::shared_ptr<SynchronizeCall> call(
        new SynchronizeCall(dispatcher, request.runner(), response));
    call->self_ = call;
    allowed.Update(CheckSynchronize(request));
    if (!allowed.ok()) {
      call->End(std::move(allowed));
    } else {
      call->ticket_ = dispatcher.Synchronize(
          request,
          [call](absl::StatusOr<v1::SynchronizeResponse> answer) { call->End(std::move(answer)); });
    }
    return call.get();
  }

  void OnCancel() override {
    dispatcher_.Leave(runner_, ticket_);
    End(absl::CancelledError("the runner is gone"));
  }
  void OnDone() override { self_.reset(); }

 private:
  SynchronizeCall(Dispatcher& dispatcher, std::string runner, v1::SynchronizeResponse* response)
      : dispatcher_(dispatcher), runner_(std::move(runner)), response_(response) {}

  // An answer and a cancellation may come at the same time: the first counts.
  void End(absl::StatusOr<v1::SynchronizeResponse> answer) {
    if (ended_.exchange(true)) return;
    const absl::Status status = answer.status();
    if (status.ok()) *response_ = *std::move(answer);
    Finish(ToGrpc(status));
  }

  Dispatcher& dispatcher_;
  const std::string runner_;
  v1::SynchronizeResponse* const response_;
  std::atomic<int64_t> ticket_ = 0;
  std::atomic<bool> ended_ = false;
  std::shared_ptr<SynchronizeCall> self_;
};

// A runner's token is good for runners of its name, and NAME-*.
absl::Status CheckName(const Gate& gate, const grpc::ServerContextBase& context,
                       const std::string& runner) {
  ROXLAB_ASSIGN_OR_RETURN(const v1::Caller caller, CallerOf(gate, context));
  if (caller.role() != v1::ROLE_RUNNER || runner == caller.name() ||
      absl::StartsWith(runner, absl::StrCat(caller.name(), "-")))
    return absl::OkStatus();
  return absl::PermissionDeniedError(
      absl::StrCat("the token '", caller.name(), "' is for a runner of that name, or ",
                   caller.name(), "-*, not for '", Printable(runner, 100), "'"));
}

}  // namespace

grpc::ServerUnaryReactor* RunnerHubService::Synchronize(Context* context,
                                                        const v1::SynchronizeRequest* request,
                                                        v1::SynchronizeResponse* response) {
  return SynchronizeCall::Start(lab_.dispatcher(), *request,
                                CheckName(lab_.gate(), *context, request->runner()), response);
}

grpc::ServerUnaryReactor* RunnerHubService::AppendLog(Context* context,
                                                      const v1::AppendLogRequest* request,
                                                      v1::AppendLogResponse* response) {
  absl::Status allowed = CheckName(lab_.gate(), *context, request->runner());
  return Answer(lab_.pool(), context, response,
                [this, request, allowed]() -> absl::StatusOr<v1::AppendLogResponse> {
                  ROXLAB_RETURN_IF_ERROR(allowed);
                  return roxlab::AppendLog(lab_, *request);
                });
}

grpc::ServerUnaryReactor* RunnerHubService::FinishJob(Context* context,
                                                      const v1::FinishJobRequest* request,
                                                      v1::FinishJobResponse* response) {
  absl::Status allowed = CheckName(lab_.gate(), *context, request->runner());
  return Answer(lab_.pool(), context, response,
                [this, request, allowed]() -> absl::StatusOr<v1::FinishJobResponse> {
                  ROXLAB_RETURN_IF_ERROR(allowed);
                  ROXLAB_RETURN_IF_ERROR(roxlab::FinishJob(lab_, *request));
                  return v1::FinishJobResponse();
                });
}

}  // namespace roxlab
