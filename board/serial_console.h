// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_BOARD_SERIAL_CONSOLE_H_
#define ROXLAB_BOARD_SERIAL_CONSOLE_H_

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/files.h"
#include "common/process.h"
#include "roxlab/v1/board.pb.h"

namespace roxlab {

// An open console of a board. One thread at a time. It does not open itself again: when it has
// ended, the caller opens another.
class SerialConsole {
 public:
  // UNAVAILABLE says what cannot be reached; NOT_FOUND for a program that is not there;
  // INVALID_ARGUMENT for a speed that Linux has no name for; FAILED_PRECONDITION for a tty that
  // somebody else holds.
  static absl::StatusOr<SerialConsole> Open(const v1::BoardSerial& serial, absl::Time deadline,
                                            const StopToken& stop);
  SerialConsole(SerialConsole&&) noexcept;
  SerialConsole& operator=(SerialConsole&&) noexcept;
  ~SerialConsole();

  // Readable when Read has something; for poll(). Not to be read by others.
  int fd() const;
  // What has come, at most 64 KiB; empty when nothing has, now. UNAVAILABLE once it has ended.
  absl::StatusOr<std::string> Read();
  // As Read, but waits for the first byte. DEADLINE_EXCEEDED, CANCELLED.
  absl::StatusOr<std::string> ReadUntil(absl::Time deadline, const StopToken& stop);
  // Types `bytes`. UNAVAILABLE once it has ended.
  absl::Status Write(absl::string_view bytes, absl::Time deadline, const StopToken& stop);

 private:
  struct Line;
  explicit SerialConsole(std::unique_ptr<Line> line);
  std::unique_ptr<Line> line_;
};

}  // namespace roxlab

#endif  // ROXLAB_BOARD_SERIAL_CONSOLE_H_
