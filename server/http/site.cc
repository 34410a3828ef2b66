// SPDX-License-Identifier: Apache-2.0
#include "server/http/site.h"

#include <utility>
#include <variant>

#include "absl/strings/match.h"
#include "server/http/connect_error.h"
#include "server/http/connect_head.h"
#include "server/http/guard.h"
#include "server/http/session.h"

namespace roxlab {
namespace {

bool IsGet(const HttpRequest& request) {
  return request.method == "GET" || request.method == "HEAD";
}

// Calls of methods: every POST, so that a wrong name is told as one, and what looks like a method.
bool IsCall(const HttpRequest& request) {
  return request.method == "POST" || absl::StartsWith(request.path, "/roxlab.v1.");
}

// Everybody may have the page itself, which asks who they are.
bool IsGuarded(const HttpRequest& request) {
  return IsCall(request) || ArtifactFiles::Serves(request.path) || request.path == "/metrics";
}

}  // namespace

Site::Site(Lab& lab, WorkerPool& pool, std::shared_ptr<grpc::Channel> channel, Options options)
    : options_(std::move(options)),
      stub_(std::move(channel)),
      gate_(lab.gate()),
      calls_(options_.max_streams),
      static_files_(lab.settings().web()),
      pool_(pool),
      artifacts_(lab.store(), pool_) {}

std::optional<HttpResponse> Site::Refuse(const HttpRequest& head) {
  if (absl::Status status = CheckSource(head, options_.own_name, gate_.asks()); !status.ok())
    return ConnectErrorResponse(status);
  if (head.path == kSessionPath) return std::nullopt;
  if (IsGuarded(head)) {
    const std::string authorization = AuthorizationOf(head);
    if (absl::Status status = gate_.Admit(head.path, {.authorization = authorization});
        !status.ok())
      return ConnectErrorResponse(status);
  }
  if (IsCall(head)) {
    auto read = ReadConnectHead(head);
    if (auto* refusal = std::get_if<HttpResponse>(&read); refusal != nullptr)
      return std::move(*refusal);
    return std::nullopt;
  }
  if (IsGet(head)) return std::nullopt;
  HttpResponse response = TextResponse(405, "GET, HEAD and POST are known");
  response.headers.emplace_back("Allow", "GET, HEAD, POST");
  return response;
}

CancelCall Site::Handle(HttpRequest request, Respond respond) {
  if (request.path == kSessionPath) {
    respond(AnswerSession(gate_, request));
    return nullptr;
  }
  if (!IsCall(request)) {
    pool_.Submit([this, request = std::move(request), respond = std::move(respond)] {
      respond(GetFile(request));
    });
    return nullptr;
  }
  auto read = ReadConnectHead(request);
  auto* head = std::get_if<ConnectHead>(&read);
  if (head == nullptr) {  // Not after Refuse.
    respond(std::get<HttpResponse>(std::move(read)));
    return nullptr;
  }
  const CallPlaces places = {stub_, pool_, calls_, options_.max_body};
  head->authorization = AuthorizationOf(request);
  head->peer = request.peer;
  return (head->stream() ? StartStreamCall : StartUnaryCall)(places, *head, std::move(request),
                                                             std::move(respond));
}

HttpResponse Site::GetFile(const HttpRequest& request) const {
  if (request.path == "/healthz") return TextResponse(200, "ok");
  if (ArtifactFiles::Serves(request.path)) return artifacts_.Get(request);
  return static_files_.Get(request);
}

}  // namespace roxlab
