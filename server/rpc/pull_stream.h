// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_SERVER_RPC_PULL_STREAM_H_
#define ROXLAB_SERVER_RPC_PULL_STREAM_H_

#include <grpcpp/grpcpp.h>

#include <memory>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "client/grpc_status.h"
#include "server/lab/event_hub.h"
#include "server/lab/worker_pool.h"

namespace roxlab {

// A server stream that is pulled: whenever the message before has gone out and something has
// happened since, the source is asked for the next one. So a slow client holds one message and
// nobody up, and holds no thread while there is nothing to say.
template <typename Response>
class PullStream : public grpc::ServerWriteReactor<Response>, public EventHub::Listener {
 public:
  enum class Step {
    kMessage,  // A message; ask again.
    kLast,     // A message, and the end.
    kWait,     // Nothing now; ask again when something has happened.
    kEnd,      // The end.
  };

  // Where the messages come from. One call at a time, in the pool's threads.
  class Source {
   public:
    virtual ~Source() = default;
    virtual absl::StatusOr<Step> Next(Response* response) = 0;
    // The least time between two messages.
    virtual absl::Duration Interval() const { return absl::ZeroDuration(); }

   protected:
    // The stream, to subscribe to events with.
    const std::weak_ptr<EventHub::Listener>& listener() const { return listener_; }

   private:
    friend class PullStream;
    std::weak_ptr<EventHub::Listener> listener_;
  };

  // Starts a stream; it frees itself when it is over.
  static PullStream* Start(EventHub& events, WorkerPool& pool, std::unique_ptr<Source> source) {
    std::shared_ptr<PullStream> stream(new PullStream(events, pool, std::move(source)));
    stream->self_ = stream;
    stream->source_->listener_ = stream;
    stream->OnEvent();
    return stream.get();
  }
  ~PullStream() override { events_.Unsubscribe(this); }

  void OnEvent() override ABSL_LOCKS_EXCLUDED(mutex_) {
    absl::MutexLock lock(&mutex_);
    news_ = true;
    PullIfDue();
  }
  void OnTick() override ABSL_LOCKS_EXCLUDED(mutex_) {
    absl::MutexLock lock(&mutex_);
    put_off_ = false;
    PullIfDue();
  }
  void OnClose() override ABSL_LOCKS_EXCLUDED(mutex_) {
    absl::MutexLock lock(&mutex_);
    End(absl::UnavailableError("the server is shutting down; call again"));
  }

  void OnWriteDone(bool ok) override ABSL_LOCKS_EXCLUDED(mutex_) {
    absl::MutexLock lock(&mutex_);
    busy_ = writing_ = false;
    if (!ok) {
      End(absl::CancelledError("the client is gone"));
    } else if (!last_word_.ok()) {
      End(last_word_);
    } else {
      PullIfDue();
    }
  }
  void OnCancel() override ABSL_LOCKS_EXCLUDED(mutex_) {
    absl::MutexLock lock(&mutex_);
    End(absl::CancelledError("cancelled"));
  }
  void OnDone() override { self_.reset(); }

 private:
  PullStream(EventHub& events, WorkerPool& pool, std::unique_ptr<Source> source)
      : events_(events), pool_(pool), source_(std::move(source)) {}

  void PullIfDue() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    if (ended_ || busy_ || !news_ || !last_word_.ok()) return;
    if (absl::Now() < not_before_) {
      if (!put_off_) events_.Remind(self_);
      put_off_ = true;
      return;
    }
    busy_ = true;
    news_ = false;
    pool_.Submit([stream = self_] { stream->Pull(); });
  }

  void Pull() ABSL_LOCKS_EXCLUDED(mutex_) {
    absl::StatusOr<Step> step = source_->Next(&response_);
    absl::MutexLock lock(&mutex_);
    not_before_ = absl::Now() + source_->Interval();
    if (ended_) return;
    if (!step.ok() || *step == Step::kEnd) {
      End(step.status());
    } else if (*step == Step::kLast) {
      ended_ = true;
      this->StartWriteAndFinish(&response_, grpc::WriteOptions(), grpc::Status::OK);
    } else if (*step == Step::kMessage) {
      // The source may have more at once: that counts as news.
      news_ = news_ || source_->Interval() == absl::ZeroDuration();
      writing_ = true;
      this->StartWrite(&response_);
    } else {
      busy_ = false;
      PullIfDue();
    }
  }

  // Not behind a write that is under way: within a process, when nobody reads it, gRPC loses such
  // an end even if the call is cancelled, and waits for it for ever.
  void End(const absl::Status& status) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    if (ended_) return;
    last_word_ = status;
    if (writing_) return;
    ended_ = true;
    this->Finish(ToGrpc(status));
  }

  EventHub& events_;
  WorkerPool& pool_;
  const std::unique_ptr<Source> source_;
  Response response_;  // Used by Pull() and the write that it starts.
  std::shared_ptr<PullStream> self_;

  absl::Mutex mutex_;
  bool news_ ABSL_GUARDED_BY(mutex_) = false;       // Something happened since the last pull.
  bool busy_ ABSL_GUARDED_BY(mutex_) = false;       // A pull or a write is under way.
  bool writing_ ABSL_GUARDED_BY(mutex_) = false;    // A write is.
  bool ended_ ABSL_GUARDED_BY(mutex_) = false;      // Finish was called.
  absl::Status last_word_ ABSL_GUARDED_BY(mutex_);  // What Finish() is to say after the write.
  bool put_off_ ABSL_GUARDED_BY(mutex_) = false;    // OnTick() will come.
  absl::Time not_before_ ABSL_GUARDED_BY(mutex_) = absl::InfinitePast();
};

}  // namespace roxlab

#endif  // ROXLAB_SERVER_RPC_PULL_STREAM_H_
