// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_RUNNER_MACHINE_GDB_REMOTE_H_
#define ROXLAB_RUNNER_MACHINE_GDB_REMOTE_H_

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/files.h"

namespace roxlab {

// The few words of GDB's remote serial protocol that it takes to stop a QEMU guest at an address
// and to read its system registers. Source: "Debugging with GDB", appendix "GDB Remote Serial
// Protocol". For one thread. UNAVAILABLE when the other side is gone, DEADLINE_EXCEEDED when it
// does not answer in time, INTERNAL for an answer that makes no sense.
class GdbRemote {
 public:
  // A connected stream socket. Each answer is waited for at most `patience`.
  explicit GdbRemote(UniqueFd socket, absl::Duration patience = absl::Seconds(30))
      : socket_(std::move(socket)), patience_(patience) {}

  // Greets; the guest must be stopped. Learns the numbers of the system registers.
  absl::Status Connect();

  // Hardware breakpoints, 4 bytes of code.
  absl::Status SetBreakpoint(uint64_t address);
  absl::Status RemoveBreakpoint(uint64_t address);

  // Lets the guest run; the next thing to come is Stopped().
  absl::Status Continue();
  // Takes the report of a stop: call it when fd() is readable. False: the guest has ended.
  absl::StatusOr<bool> Stopped();

  // A 64-bit system register of the CPU that stopped, e.g. "TTBR1_EL1"; NOT_FOUND when the target
  // describes none of this name.
  absl::StatusOr<uint64_t> ReadRegister(absl::string_view name);

  // For poll().
  int fd() const { return socket_.get(); }

 private:
  absl::Status Send(absl::string_view packet);
  absl::StatusOr<std::string> Receive();
  // Sends and takes the answer.
  absl::StatusOr<std::string> Ask(absl::string_view packet);
  absl::Status AskForOk(absl::string_view packet);
  absl::Status ReadDescription(const std::string& annex);
  absl::StatusOr<char> NextByte();

  UniqueFd socket_;
  absl::Duration patience_;
  std::string buffer_, description_;
};

}  // namespace roxlab

#endif  // ROXLAB_RUNNER_MACHINE_GDB_REMOTE_H_
