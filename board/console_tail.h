// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_BOARD_CONSOLE_TAIL_H_
#define ROXLAB_BOARD_CONSOLE_TAIL_H_

#include <string>
#include <thread>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "common/process.h"
#include "roxlab/v1/board.pb.h"

namespace roxlab {

// Listens to a board's serial console while it lives, in a thread of its own, and keeps the end of
// what it said. A console that cannot be opened, or goes, is tried again. Thread-safe.
class ConsoleTail {
 public:
  explicit ConsoleTail(v1::BoardSerial serial);
  ~ConsoleTail();
  ConsoleTail(const ConsoleTail&) = delete;
  ConsoleTail& operator=(const ConsoleTail&) = delete;

  // At most 64 KiB, as the board sent them; empty for a board without a console.
  std::string Text() const ABSL_LOCKS_EXCLUDED(mutex_);

 private:
  void Listen() ABSL_LOCKS_EXCLUDED(mutex_);

  const v1::BoardSerial serial_;
  StopToken leave_;
  mutable absl::Mutex mutex_;
  std::string text_ ABSL_GUARDED_BY(mutex_);
  std::thread thread_;
};

}  // namespace roxlab

#endif  // ROXLAB_BOARD_CONSOLE_TAIL_H_
