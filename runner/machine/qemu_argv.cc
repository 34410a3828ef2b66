// SPDX-License-Identifier: Apache-2.0
#include "runner/machine/qemu_argv.h"

#include <initializer_list>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "runner/probe/stream_format.h"

namespace roxlab {

std::vector<std::string> QemuArgv(const QemuRun& run) {
  const uint32_t cpus = run.profile.cpus() == 0 ? 2 : run.profile.cpus();
  const std::pair<absl::string_view, std::string> options[] = {
      {"-sandbox", "on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny"},
      {"-machine", "virt,gic-version=3"},
      {"-cpu", run.profile.cpu()},
      {"-smp", absl::StrCat(cpus)},
      {"-m", absl::StrCat(MemoryBytes(run.profile) >> 20, "M")},
      // Time is the number of instructions, and a guest with nothing to do skips ahead.
      {"-icount", "shift=0,sleep=off"},
      {"-rtc", "base=2026-01-01,clock=vm"},
      {"-seed", absl::StrCat(run.seed)},
      {"-nic", "none"},
      {"-display", "none"},
      {"-monitor", "none"},
      {"-chardev", absl::StrCat("file,id=console,path=", kConsoleFile)},
      {"-serial", "chardev:console"},
      // On the MMIO transport, where a write is done before the guest's next instruction. A PCI
      // device's doorbell goes through the host's event loop (ioeventfd), which answers in its
      // own time: no two runs of one seed were alike with it.
      {"-global", "virtio-mmio.ioeventfd=off"},
      {"-global", "virtio-mmio.force-legacy=off"},
      {"-device", "virtio-serial-device"},
      {"-chardev", absl::StrCat("file,id=results,path=", kResultsFile)},
      {"-device", absl::StrCat("virtserialport,chardev=results,name=", probe::kPortName)},
      {"-kernel", kImageFile},
      {"-initrd", kInitramfsFile},
      {"-append", run.cmdline},
  };
  std::vector<std::string> argv = {run.qemu, "-nodefaults", "-no-user-config", "-no-reboot"};
  for (const auto& [option, value] : options) {
    argv.emplace_back(option);
    argv.push_back(value);
  }
  return argv;
}

uint64_t MemoryBytes(const v1::QemuProfile& profile) {
  return uint64_t{profile.memory_mib() == 0 ? 1024 : profile.memory_mib()} << 20;
}

std::vector<std::string> ObservationArgv(const v1::QemuProfile& profile) {
  return {"-S",
          "-object",
          absl::StrCat("memory-backend-file,id=ram,share=on,size=", MemoryBytes(profile) >> 20,
                       "M,mem-path=/dev/fd/", kMemoryFd),
          "-machine",
          "memory-backend=ram",
          "-chardev",
          absl::StrCat("socket,id=gdb,fd=", kGdbFd),
          "-gdb",
          "chardev:gdb"};
}

std::string KernelCommandLine(const v1::Machine& machine, absl::string_view variant) {
  // What is broken or stuck says so once and goes off, instead of using up the timeout.
  std::string ours = "panic=-1 oops=panic softlockup_panic=1";
  // earlycon: a kernel that dies before its console is there still says of what.
  if (!machine.has_board()) ours = absl::StrCat("earlycon console=ttyAMA0 ", ours, " rdinit=/init");
  std::vector<absl::string_view> parts;
  for (absl::string_view part :
       std::initializer_list<absl::string_view>{machine.cmdline(), variant, ours})
    if (!part.empty()) parts.push_back(part);
  return absl::StrJoin(parts, " ");
}

}  // namespace roxlab
