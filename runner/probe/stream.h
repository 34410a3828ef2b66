// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_RUNNER_PROBE_STREAM_H_
#define ROXLAB_RUNNER_PROBE_STREAM_H_

#include <string_view>

#include "runner/probe/stream_format.h"
#include "runner/probe/system.h"

namespace roxlab::probe {

// Writes records (stream_format.h). An error while writing is a line on the console, since there is
// no one else left to tell, and then `give_up`, which does not return.
class Stream {
 public:
  explicit Stream(void (*give_up)()) : give_up_(give_up) {}

  // Finds the result port by its name and opens it.
  Result OpenPort();
  // A new file instead.
  Result OpenFile(const char* path);
  void Write(RecordType type, std::string_view name, std::string_view payload);
  // A kProgress record.
  void Progress(const char* verb, std::string_view name, uint64_t done, uint64_t total);

 private:
  void WriteAll(std::string_view bytes);

  void (*const give_up_)();
  int fd_ = -1;
  uint32_t sequence_ = 0;
};

}  // namespace roxlab::probe

#endif  // ROXLAB_RUNNER_PROBE_STREAM_H_
