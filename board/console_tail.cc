// SPDX-License-Identifier: Apache-2.0
#include "board/console_tail.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "board/serial_console.h"

namespace roxlab {
namespace {

constexpr size_t kKept = 64 << 10;
constexpr absl::Duration kTryAgain = absl::Seconds(1), kOpen = absl::Seconds(10);

}  // namespace

ConsoleTail::ConsoleTail(v1::BoardSerial serial)
    : serial_(std::move(serial)), thread_([this] { Listen(); }) {}

ConsoleTail::~ConsoleTail() {
  leave_.Stop();
  thread_.join();
}

std::string ConsoleTail::Text() const {
  absl::MutexLock lock(&mutex_);
  return text_.substr(text_.size() - std::min(text_.size(), kKept));
}

void ConsoleTail::Listen() {
  if (serial_.form_case() == v1::BoardSerial::FORM_NOT_SET) return;
  while (!leave_.stopped()) {
    absl::StatusOr<SerialConsole> console =
        SerialConsole::Open(serial_, absl::Now() + kOpen, leave_);
    while (console.ok()) {
      const absl::StatusOr<std::string> bytes = console->ReadUntil(absl::InfiniteFuture(), leave_);
      if (!bytes.ok()) break;
      absl::MutexLock lock(&mutex_);
      absl::StrAppend(&text_, *bytes);
      // Not at every byte.
      if (text_.size() > 2 * kKept) text_.erase(0, text_.size() - kKept);
    }
    Pause(kTryAgain, leave_).IgnoreError();
  }
}

}  // namespace roxlab
