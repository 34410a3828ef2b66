// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_RUNNER_COLLECT_STREAM_READER_H_
#define ROXLAB_RUNNER_COLLECT_STREAM_READER_H_

#include <cstdint>
#include <functional>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "runner/probe/stream_format.h"

namespace roxlab {

// One whole record with the right CRC. The views live as long as the call that gives it. Its
// bytes come from the guest: nothing in them is to be believed.
struct Record {
  probe::RecordType type;  // One of the known types.
  absl::string_view name;
  absl::string_view payload;
};

// Cuts the probe's result stream (probe/stream_format.h) into records, given in pieces of any
// size. Holds at most one record and one piece in memory.
class StreamReader {
 public:
  explicit StreamReader(std::function<void(const Record&)> sink) : sink_(std::move(sink)) {}
  StreamReader(const StreamReader&) = delete;
  StreamReader& operator=(const StreamReader&) = delete;

  // DATA_LOSS, from then on for ever, when the stream is torn: the message says where.
  absl::Status Feed(absl::string_view bytes);

  // Records so far.
  uint32_t records() const { return records_; }
  // Whether the last record was kEnd.
  bool complete() const { return complete_; }
  // What Feed said last.
  const absl::Status& status() const { return status_; }

 private:
  // Takes one record off the front of `buffer_` from `*at` on; false: it is not all there.
  bool Take(size_t* at);
  absl::Status Torn(absl::string_view what) const;

  std::function<void(const Record&)> sink_;
  std::string buffer_;
  uint64_t offset_ = 0;  // Of the buffer's first byte in the stream.
  uint32_t records_ = 0;
  bool complete_ = false;
  absl::Status status_;
};

}  // namespace roxlab

#endif  // ROXLAB_RUNNER_COLLECT_STREAM_READER_H_
