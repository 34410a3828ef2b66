// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_RUNNER_MACHINE_MACHINE_H_
#define ROXLAB_RUNNER_MACHINE_MACHINE_H_

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/process.h"
#include "pagetable/walk.h"

namespace roxlab {

// What to boot.
struct BootPlan {
  std::filesystem::path image;
  std::filesystem::path probe;
  std::filesystem::path modules;  // The build's modules.cpio.
  std::string script;             // For the probe.
  std::string cmdline;            // Whole.
  uint64_t seed = 0;
};

// A machine that stands still, seen from outside. Borrows its memory.
struct StoppedMachine {
  pagetable::PhysicalMemory memory;
  pagetable::TranslationRegisters registers;
};

// Hears a machine while it works, in the thread that called Exchange. An error ends the exchange
// and is returned by it.
class MachineListener {
 public:
  virtual ~MachineListener() = default;
  virtual absl::Status OnConsole(absl::string_view bytes) = 0;
  // Bytes of the probe's result stream.
  virtual absl::Status OnResults(absl::string_view bytes) = 0;
  // The machine stands still in the moment of a snapshot; its record comes later.
  virtual void OnStopped(const StoppedMachine& machine) { (void)machine; }
  // Asked several times a second: whether the verdict is known and waiting on would add nothing.
  virtual bool Enough() { return false; }
};

// How an exchange ended.
enum class Ending {
  kPoweredOff,  // By itself, well or not.
  kTimedOut,
  kEnough,  // The listener had.
  kStopped,
};

// Where a build boots, once. The verbs are called in this order, from one thread; after an error
// only Close is. Errors are VariantError or InfraError (errors.h), any other Status means the lab.
class Machine {
 public:
  virtual ~Machine() = default;

  // Readies all that booting needs; nothing runs yet.
  virtual absl::Status Prepare(const BootPlan& plan) = 0;
  // Starts the kernel.
  virtual absl::Status Boot() = 0;
  // Listens until the machine goes off, `timeout` is over, the listener has enough or `stop` is
  // stopped; it does not run any more afterwards, and all that it said was given to the listener.
  virtual absl::StatusOr<Ending> Exchange(absl::Duration timeout, const StopToken& stop,
                                          MachineListener& listener) = 0;
  // OK, or what the machine itself, not the kernel on it, has to say about a bad end.
  virtual absl::Status Diagnose() = 0;
  // Ends whatever runs and lets go of everything. May be called at any time, more than once.
  virtual void Close() = 0;

  // The command that booted it, with file names that mean something to a reader.
  virtual std::vector<std::string> command() const = 0;
  // Files that the command reads besides those of the build; they exist once Prepare is done.
  virtual std::vector<std::filesystem::path> inputs() const = 0;
};

}  // namespace roxlab

#endif  // ROXLAB_RUNNER_MACHINE_MACHINE_H_
