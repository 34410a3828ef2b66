// SPDX-License-Identifier: Apache-2.0
#include <memory>
#include <optional>
#include <utility>

#include "client/grpc_status.h"
#include "server/http/call.h"
#include "server/http/envelope.h"

namespace roxlab {
namespace {

// A server stream of gRPC as the body of an answer. One message is under way at a time: the next is
// read when the connection asks for it. It keeps itself in the list of live calls until gRPC has
// let go of it.
//
// gRPC ends a call on its own only while a read is waiting, so the call is held (AddHold) until a
// read has said that nothing more comes, or nobody wants to read any more.
class StreamCall : public Call,
                   public BodySource,
                   public grpc::ClientBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer>,
                   public std::enable_shared_from_this<StreamCall> {
 public:
  StreamCall(const CallPlaces& places, const ConnectHead& head) : places_(places), head_(head) {
    SetHead(head, &context_);
  }

  void Begin(const HttpRequest& request, const Respond& respond) ABSL_LOCKS_EXCLUDED(mutex_) {
    absl::StatusOr<grpc::ByteBuffer> message = RequestMessage(head_, request, places_.limit);
    if (!message.ok()) {
      respond(CallFailure(head_, message.status()));
      return places_.live.Remove(this);
    }
    sent_ = *std::move(message);
    places_.stub.PrepareBidiStreamingCall(&context_, GrpcName(head_), {}, this);
    AddHold();
    StartWriteLast(&sent_, grpc::WriteOptions());
    StartCall();
    {
      absl::MutexLock lock(&mutex_);
      held_ = true;
      if (cancelled_) Release();
    }
    HttpResponse response;
    response.headers = {{"Content-Type", ContentType(true, head_.codec)},
                        {"Cache-Control", "no-store"}};
    response.source = shared_from_this();
    respond(std::move(response));
  }

  // The connection's side.
  void Next(Take take) override ABSL_LOCKS_EXCLUDED(mutex_) {
    absl::ReleasableMutexLock lock(&mutex_);
    if (status_.has_value()) {
      lock.Release();
      return TellEnd(take);
    }
    take_ = std::move(take);
    const bool read = held_;  // Otherwise OnDone is about to come.
    reading_ = read;
    lock.Release();
    if (read) StartRead(&received_);
  }
  void Cancel() override ABSL_LOCKS_EXCLUDED(mutex_) {
    context_.TryCancel();
    absl::MutexLock lock(&mutex_);
    cancelled_ = true;
    if (!reading_) Release();
  }
  void EndStream() override {
    {
      absl::MutexLock lock(&mutex_);
      failure_.Update(ShuttingDown());
    }
    Cancel();
  }

  // gRPC's side.
  void OnReadDone(bool ok) override ABSL_LOCKS_EXCLUDED(mutex_) {
    absl::MutexLock lock(&mutex_);
    reading_ = false;
    if (!ok || cancelled_) return Release();
    places_.pool.Submit([self = shared_from_this()] { self->GiveMessage(); });
  }
  void OnDone(const grpc::Status& status) override ABSL_LOCKS_EXCLUDED(mutex_) {
    Take take;
    {
      absl::MutexLock lock(&mutex_);
      status_ = failure_.ok() ? FromGrpc(status) : failure_;
      take = std::exchange(take_, nullptr);
    }
    if (take != nullptr) TellEnd(take);
    places_.live.Remove(this);
  }

 private:
  void Release() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    if (std::exchange(held_, false)) RemoveHold();
  }

  void GiveMessage() ABSL_LOCKS_EXCLUDED(mutex_) {
    absl::StatusOr<std::string> message =
        FromGrpcBytes(*head_.method->output_type(), head_.codec, &received_);
    Take take;
    {
      absl::MutexLock lock(&mutex_);
      if (message.ok()) take = std::exchange(take_, nullptr);
      failure_.Update(message.status());
    }
    if (!message.ok()) return Cancel();
    if (take != nullptr) take({Envelope(*message)});
  }

  // First how it ended, then the end.
  void TellEnd(const Take& take) ABSL_LOCKS_EXCLUDED(mutex_) {
    std::optional<std::string> last;
    {
      absl::MutexLock lock(&mutex_);
      if (!std::exchange(told_end_, true)) last = EndOfStreamEnvelope(*status_);
    }
    take({std::move(last)});
  }

  const CallPlaces places_;
  const ConnectHead head_;
  grpc::ClientContext context_;
  grpc::ByteBuffer sent_, received_;

  absl::Mutex mutex_;
  Take take_ ABSL_GUARDED_BY(mutex_);  // The connection waits for a piece.
  bool held_ ABSL_GUARDED_BY(mutex_) = false;
  bool reading_ ABSL_GUARDED_BY(mutex_) = false;
  bool cancelled_ ABSL_GUARDED_BY(mutex_) = false;
  bool told_end_ ABSL_GUARDED_BY(mutex_) = false;
  absl::Status failure_ ABSL_GUARDED_BY(mutex_);                // Ours; goes before gRPC's.
  std::optional<absl::Status> status_ ABSL_GUARDED_BY(mutex_);  // Once gRPC is done.
};

}  // namespace

CancelCall StartStreamCall(const CallPlaces& places, const ConnectHead& head, HttpRequest request,
                           Respond respond) {
  auto call = std::make_shared<StreamCall>(places, head);
  if (absl::Status status = places.live.Add(call, true); !status.ok()) {
    respond(CallFailure(head, status));
    return nullptr;
  }
  places.pool.Submit([call, request = std::move(request), respond = std::move(respond)] {
    call->Begin(request, respond);
  });
  return [call] { call->Cancel(); };
}

}  // namespace roxlab
