// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_RUNNER_MACHINE_QEMU_ARGV_H_
#define ROXLAB_RUNNER_MACHINE_QEMU_ARGV_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "roxlab/v1/catalog.pb.h"

namespace roxlab {

// Files of a QEMU run, in the directory that QEMU is started in.
inline constexpr char kImageFile[] = "Image";
inline constexpr char kInitramfsFile[] = "initramfs.cpio";
inline constexpr char kConsoleFile[] = "console.log";
inline constexpr char kResultsFile[] = "results.bin";

struct QemuRun {
  std::string qemu;  // The binary.
  v1::QemuProfile profile;
  std::string cmdline;  // See KernelCommandLine.
  uint64_t seed = 0;
};

// The command that is a function of its inputs: the same run gives the same console and results,
// byte for byte. It names files as above, so that a reader can repeat it in any directory.
std::vector<std::string> QemuArgv(const QemuRun& run);

// Of an observed QEMU: the numbers of the open files that it is given.
inline constexpr int kMemoryFd = 3;  // The guest's memory, of the profile's size.
inline constexpr int kGdbFd = 4;     // A connected socket.

uint64_t MemoryBytes(const v1::QemuProfile& profile);

// What is added to the command so that the guest can be observed: it waits to be started over the
// gdbstub, and its memory is a file. Neither makes a difference to the guest.
std::vector<std::string> ObservationArgv(const v1::QemuProfile& profile);

// The machine's command line, then the variant's, then what the lab itself needs; the kernel
// takes the last of two that contradict each other. A board's console and init are its own.
std::string KernelCommandLine(const v1::Machine& machine, absl::string_view variant);

}  // namespace roxlab

#endif  // ROXLAB_RUNNER_MACHINE_QEMU_ARGV_H_
