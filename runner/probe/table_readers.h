// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_RUNNER_PROBE_TABLE_READERS_H_
#define ROXLAB_RUNNER_PROBE_TABLE_READERS_H_

#include <sys/types.h>

#include <cstdint>

#include "runner/probe/system.h"

namespace roxlab::probe {

inline constexpr char kPageTablesPath[] = "/sys/kernel/debug/kernel_page_tables";

// Processes that read the kernel's page tables from start to end, again and again with short
// pauses.
class TableReaders {
 public:
  static constexpr uint64_t kMaxReaders = 16;

  // At most once. Returns when each has begun to read.
  Result Start(uint64_t count);
  // Lets each come to the end of what it reads, and waits for it. A reader that failed is a
  // failure. Without a start it does nothing.
  Result Stop();

 private:
  struct Shared;

  Shared* shared_ = nullptr;
  pid_t readers_[kMaxReaders];
  uint64_t count_ = 0;
};

}  // namespace roxlab::probe

#endif  // ROXLAB_RUNNER_PROBE_TABLE_READERS_H_
