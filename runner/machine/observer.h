// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_RUNNER_MACHINE_OBSERVER_H_
#define ROXLAB_RUNNER_MACHINE_OBSERVER_H_

#include <memory>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "common/files.h"
#include "roxlab/v1/catalog.pb.h"
#include "runner/machine/gdb_remote.h"
#include "runner/machine/machine.h"
#include "runner/probe/stream_format.h"

namespace roxlab {

// Sees a QEMU guest from outside without a difference to the guest: its memory is an anonymous file
// that is mapped here too, and a breakpoint stops it where the probe takes a snapshot. The guest
// stops by itself, at an instruction, and no time passes for it: a run that is observed is the same
// run, byte for byte. For one thread.
class Observer {
 public:
  static absl::StatusOr<std::unique_ptr<Observer>> Make(const v1::QemuProfile& profile);
  ~Observer();
  Observer(const Observer&) = delete;
  Observer& operator=(const Observer&) = delete;

  // What the child is given; see ObservationArgv.
  std::vector<std::pair<int, int>> files() const;

  // The child has its files, or never will: without this its end would go unnoticed. May be called
  // from another thread.
  void ReleaseFiles() { theirs_ = UniqueFd(); }

  // Takes hold of the guest and starts it. UNAVAILABLE: QEMU is gone.
  absl::Status Attach();
  // To be called when fd() is readable: shows the guest to the listener and lets it go on.
  // UNAVAILABLE: QEMU is gone.
  absl::Status Serve(MachineListener& listener);
  // For poll().
  int fd() const { return gdb_.fd(); }

 private:
  Observer(UniqueFd memory, absl::Span<uint64_t> words, UniqueFd theirs, UniqueFd ours)
      : memory_(std::move(memory)),
        words_(words),
        theirs_(std::move(theirs)),
        gdb_(std::move(ours)) {}

  UniqueFd memory_;
  absl::Span<uint64_t> words_;
  UniqueFd theirs_;
  GdbRemote gdb_;
  uint64_t next_stop_ = probe::kSnapshotAddress;
};

}  // namespace roxlab

#endif  // ROXLAB_RUNNER_MACHINE_OBSERVER_H_
