// SPDX-License-Identifier: Apache-2.0
#include "server/http/live_calls.h"

#include <utility>

#include "absl/strings/str_cat.h"

namespace roxlab {

absl::Status ShuttingDown() { return absl::UnavailableError("the server is shutting down"); }

absl::Status LiveCalls::Add(std::shared_ptr<Call> call, bool stream) {
  absl::MutexLock lock(&mutex_);
  if (ending_) return ShuttingDown();
  if (stream && streams_ >= max_streams_) {
    return absl::ResourceExhaustedError(
        absl::StrCat(streams_, " streams are open, and there may be no more"));
  }
  if (stream) ++streams_;
  const Call* key = call.get();
  calls_.emplace(key, Entry{std::move(call), stream});
  return absl::OkStatus();
}

void LiveCalls::Remove(const Call* call) {
  std::shared_ptr<Call> last;  // Freed without the lock.
  absl::MutexLock lock(&mutex_);
  const auto found = calls_.find(call);
  if (found == calls_.end()) return;
  if (found->second.stream) --streams_;
  last = std::move(found->second.call);
  calls_.erase(found);
}

std::vector<std::shared_ptr<Call>> LiveCalls::Last() {
  absl::MutexLock lock(&mutex_);
  ending_ = true;
  std::vector<std::shared_ptr<Call>> calls;
  calls.reserve(calls_.size());
  for (const auto& [key, entry] : calls_) calls.push_back(entry.call);
  return calls;
}

void LiveCalls::EndStreams() {
  for (const std::shared_ptr<Call>& call : Last()) call->EndStream();
}

void LiveCalls::CancelAll() {
  for (const std::shared_ptr<Call>& call : Last()) call->Cancel();
  absl::MutexLock lock(&mutex_);
  mutex_.Await(absl::Condition(this, &LiveCalls::empty));
}

}  // namespace roxlab
