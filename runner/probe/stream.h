// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_RUNNER_PROBE_STREAM_H_
#define ROXLAB_RUNNER_PROBE_STREAM_H_

#include <string_view>

#include "runner/probe/stream_format.h"
#include "runner/probe/system.h"

namespace roxlab::probe {

// Writes records (stream_format.h) to the result port. An error while writing ends the machine
// with a line on the console: there is no one else left to tell.
class Stream {
 public:
  // Finds the port by its name and opens it.
  Result Open();
  void Write(RecordType type, std::string_view name, std::string_view payload);
  // A kProgress record.
  void Progress(const char* verb, std::string_view name, uint64_t done, uint64_t total);

 private:
  void WriteAll(std::string_view bytes);

  int fd_ = -1;
  uint32_t sequence_ = 0;
};

}  // namespace roxlab::probe

#endif  // ROXLAB_RUNNER_PROBE_STREAM_H_
