// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_SERVER_HTTP_SITE_H_
#define ROXLAB_SERVER_HTTP_SITE_H_

#include <grpcpp/channel.h>
#include <grpcpp/generic/generic_stub.h>

#include <memory>
#include <optional>
#include <string>

#include "server/http/artifact_files.h"
#include "server/http/call.h"
#include "server/http/live_calls.h"
#include "server/http/message.h"
#include "server/http/static_files.h"
#include "server/lab/lab.h"
#include "server/lab/worker_pool.h"

namespace roxlab {

// Everything that the HTTP port answers: which path is whose.
class Site : public HttpHandler {
 public:
  struct Options {
    std::string own_name;  // Of the address that is listened on.
    size_t max_streams;
    size_t max_body;  // Bytes.
  };
  // Works in the threads of `pool`; `channel` leads to the lab's gRPC server.
  Site(Lab& lab, WorkerPool& pool, std::shared_ptr<grpc::Channel> channel, Options options);

  std::optional<HttpResponse> Refuse(const HttpRequest& head) override;
  CancelCall Handle(HttpRequest request, Respond respond) override;

  // Calls under way, for the end of the server.
  LiveCalls& calls() { return calls_; }

 private:
  HttpResponse GetFile(const HttpRequest& request) const;

  const Options options_;
  grpc::GenericStub stub_;
  Gate& gate_;
  LiveCalls calls_;
  const StaticFiles static_files_;
  WorkerPool& pool_;
  const ArtifactFiles artifacts_;
};

}  // namespace roxlab

#endif  // ROXLAB_SERVER_HTTP_SITE_H_
