// SPDX-License-Identifier: Apache-2.0
#include "runner/agent/self_checker.h"

#include <string>

namespace roxlab {

SelfChecker::~SelfChecker() {
  if (thread_.joinable()) thread_.join();
}

void SelfChecker::Ask(int64_t number) {
  {
    absl::MutexLock lock(&mutex_);
    if (looking_ || found_.number() == number) return;
    looking_ = true;
  }
  if (thread_.joinable()) thread_.join();
  thread_ = std::thread([this, number] {
    const absl::Status status = look_ ? look_() : absl::OkStatus();
    absl::MutexLock lock(&mutex_);
    found_.set_number(number);
    found_.set_error(std::string(status.message()));
    looking_ = false;
  });
}

bool SelfChecker::Describe(v1::SynchronizeRequest* request) {
  absl::MutexLock lock(&mutex_);
  if (found_.number() != 0) *request->mutable_check() = found_;
  return looking_;
}

}  // namespace roxlab
