// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_CLI_LAB_CLIENT_H_
#define ROXLAB_CLI_LAB_CLIENT_H_

#include <grpcpp/client_context.h>

#include <chrono>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "client/channel.h"
#include "client/grpc_status.h"
#include "roxlab/v1/lab.grpc.pb.h"

namespace roxlab {

// What every command has: where the server is, and how to answer.
struct CliContext {
  std::string server;
  Credentials credentials = {};
  bool json = false;
};

// The Lab service with a deadline on each unary call.
class LabClient {
 public:
  explicit LabClient(const CliContext& context)
      : stub_(v1::Lab::NewStub(MakeChannel(context.server, context.credentials))) {}

  // client.Call(&v1::Lab::Stub::GetRun, request)
  template <typename Request, typename Response>
  absl::StatusOr<Response> Call(grpc::Status (v1::Lab::Stub::*method)(grpc::ClientContext*,
                                                                      const Request&, Response*),
                                const Request& request) {
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(30));
    Response response;
    grpc::Status status = ((*stub_).*method)(&context, request, &response);
    if (!status.ok()) return FromGrpc(status);
    return response;
  }

  // Ids may be shortened. NOT_FOUND.
  absl::StatusOr<v1::GetExperimentResponse> GetExperiment(const std::string& id) {
    v1::GetExperimentRequest request;
    request.set_id(id);
    return Call(&v1::Lab::Stub::GetExperiment, request);
  }
  absl::StatusOr<v1::Run> GetRun(const std::string& id) {
    v1::GetRunRequest request;
    request.set_id(id);
    return Call(&v1::Lab::Stub::GetRun, request);
  }

  v1::Lab::Stub& stub() { return *stub_; }

 private:
  std::unique_ptr<v1::Lab::Stub> stub_;
};

}  // namespace roxlab

#endif  // ROXLAB_CLI_LAB_CLIENT_H_
