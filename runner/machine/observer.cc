// SPDX-License-Identifier: Apache-2.0
#include "runner/machine/observer.h"

#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>

#include "common/status_macros.h"
#include "runner/machine/qemu_argv.h"

namespace roxlab {
namespace {

// Where QEMU's "virt" machine has its memory (hw/arm/virt.c, VIRT_MEM).
constexpr uint64_t kMemoryBase = 0x40000000;

}  // namespace

absl::StatusOr<std::unique_ptr<Observer>> Observer::Make(const v1::QemuProfile& profile) {
  const uint64_t bytes = MemoryBytes(profile);
  UniqueFd memory(memfd_create("roxlab-guest", MFD_CLOEXEC));
  if (!memory.valid() || ftruncate(memory.get(), static_cast<off_t>(bytes)) != 0)
    return absl::ErrnoToStatus(errno, "the guest's memory");
  void* mapped = mmap(nullptr, bytes, PROT_READ, MAP_SHARED, memory.get(), 0);
  if (mapped == MAP_FAILED) return absl::ErrnoToStatus(errno, "the guest's memory");
  const absl::Span<uint64_t> words(static_cast<uint64_t*>(mapped), bytes / sizeof(uint64_t));
  int sockets[2] = {-1, -1};
  const bool connected = socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sockets) == 0;
  const int error = errno;
  std::unique_ptr<Observer> observer(
      new Observer(std::move(memory), words, UniqueFd(sockets[0]), UniqueFd(sockets[1])));
  if (!connected) return absl::ErrnoToStatus(error, "a socket for the gdbstub");
  return observer;
}

Observer::~Observer() { munmap(words_.data(), words_.size() * sizeof(uint64_t)); }

std::vector<std::pair<int, int>> Observer::files() const {
  return {{kMemoryFd, memory_.get()}, {kGdbFd, theirs_.get()}};
}

absl::Status Observer::Attach() {
  ROXLAB_RETURN_IF_ERROR(gdb_.Connect());
  ROXLAB_RETURN_IF_ERROR(gdb_.SetBreakpoint(next_stop_));
  return gdb_.Continue();
}

absl::Status Observer::Serve(MachineListener& listener) {
  ROXLAB_ASSIGN_OR_RETURN(bool stopped, gdb_.Stopped());
  if (!stopped) return absl::UnavailableError("the guest has ended");
  ROXLAB_ASSIGN_OR_RETURN(uint64_t ttbr1, gdb_.ReadRegister("TTBR1_EL1"));
  ROXLAB_ASSIGN_OR_RETURN(uint64_t tcr, gdb_.ReadRegister("TCR_EL1"));
  listener.OnStopped({{kMemoryBase, words_}, {ttbr1, tcr}});
  // From a breakpoint that is still set, the guest would not get away.
  ROXLAB_RETURN_IF_ERROR(gdb_.RemoveBreakpoint(next_stop_));
  next_stop_ ^= probe::kSnapshotDistance;
  ROXLAB_RETURN_IF_ERROR(gdb_.SetBreakpoint(next_stop_));
  return gdb_.Continue();
}

}  // namespace roxlab
