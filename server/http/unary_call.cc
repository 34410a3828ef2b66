// SPDX-License-Identifier: Apache-2.0
#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "client/grpc_status.h"
#include "common/status_macros.h"
#include "server/auth/grpc_credentials.h"
#include "server/http/call.h"
#include "server/http/envelope.h"
#include "server/http/gzip.h"

namespace roxlab {
namespace {

// Smaller answers are not worth the time.
constexpr size_t kWorthGzip = 2u << 10;

class UnaryCall : public Call, public std::enable_shared_from_this<UnaryCall> {
 public:
  UnaryCall(const CallPlaces& places, const ConnectHead& head, HttpRequest request, Respond respond)
      : places_(places), head_(head), request_(std::move(request)), respond_(std::move(respond)) {
    SetHead(head, &context_);
  }

  void Cancel() override { context_.TryCancel(); }
  void Fail(const absl::Status& status) { End(CallFailure(head_, status)); }

  void Begin() {
    absl::StatusOr<grpc::ByteBuffer> message = RequestMessage(head_, request_, places_.limit);
    if (!message.ok()) return Fail(message.status());
    request_ = HttpRequest();
    sent_ = *std::move(message);
    places_.stub.UnaryCall(
        &context_, GrpcName(head_), {}, &sent_, &received_,
        [self = shared_from_this()](const grpc::Status& status) {
          self->places_.pool.Submit([self, status] { self->OnStatus(FromGrpc(status)); });
        });
  }

 private:
  void OnStatus(const absl::Status& status) {
    absl::StatusOr<HttpResponse> response = status.ok() ? Success() : status;
    End(response.ok() ? *std::move(response) : CallFailure(head_, response.status()));
  }

  absl::StatusOr<HttpResponse> Success() {
    HttpResponse response;
    ROXLAB_ASSIGN_OR_RETURN(response.body,
                            FromGrpcBytes(*head_.method->output_type(), head_.codec, &received_));
    response.headers = {{"Content-Type", ContentType(false, head_.codec)},
                        {"Cache-Control", "no-store"},
                        {"Vary", "Accept-Encoding"}};
    if (head_.accepts_gzip && response.body.size() >= kWorthGzip) {
      response.body = Gzip(response.body);
      response.headers.emplace_back("Content-Encoding", "gzip");
    }
    return response;
  }

  void End(HttpResponse response) {
    std::exchange(respond_, nullptr)(std::move(response));
    places_.live.Remove(this);
  }

  const CallPlaces places_;
  const ConnectHead head_;
  HttpRequest request_;
  Respond respond_;
  grpc::ClientContext context_;
  grpc::ByteBuffer sent_, received_;
};

}  // namespace

CancelCall StartUnaryCall(const CallPlaces& places, const ConnectHead& head, HttpRequest request,
                          Respond respond) {
  auto call = std::make_shared<UnaryCall>(places, head, std::move(request), std::move(respond));
  if (absl::Status status = places.live.Add(call, false); !status.ok()) {
    call->Fail(status);
    return nullptr;
  }
  places.pool.Submit([call] { call->Begin(); });
  return [call] { call->Cancel(); };
}

std::string GrpcName(const ConnectHead& head) {
  return absl::StrCat("/", head.method->service()->full_name(), "/", head.method->name());
}

void SetHead(const ConnectHead& head, grpc::ClientContext* context) {
  context->AddMetadata(kPeerHeader, head.peer);
  if (!head.authorization.empty()) context->AddMetadata("authorization", head.authorization);
  if (head.deadline == absl::InfiniteFuture()) return;
  context->set_deadline(absl::ToChronoTime(head.deadline));
}

absl::StatusOr<grpc::ByteBuffer> RequestMessage(const ConnectHead& head, const HttpRequest& request,
                                                size_t limit) {
  if (request.body_too_large) {
    return absl::ResourceExhaustedError(
        absl::StrCat("the request is larger than ", limit, " bytes"));
  }
  // gRPC sees to it as well, but would let an answer win that is quick enough.
  if (absl::Now() >= head.deadline) return absl::DeadlineExceededError("the deadline has passed");
  std::string unpacked;
  absl::string_view text = request.body;
  if (head.stream()) {
    ROXLAB_ASSIGN_OR_RETURN(unpacked, ReadOnlyEnvelope(text, head.request_gzip, limit));
    text = unpacked;
  } else if (head.request_gzip) {
    ROXLAB_ASSIGN_OR_RETURN(unpacked, Gunzip(text, limit));
    text = unpacked;
  }
  return ToGrpcBytes(*head.method->input_type(), head.codec, text);
}

}  // namespace roxlab
