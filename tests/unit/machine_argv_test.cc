// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "runner/machine/qemu_argv.h"

namespace roxlab {
namespace {

using ::testing::ElementsAre;
using ::testing::IsSupersetOf;

TEST(QemuArgv, IsThisCommand) {
  QemuRun run;
  run.qemu = "qemu-system-aarch64";
  run.profile.set_cpu("max,midr=0x410fd8a0");
  run.profile.set_cpus(4);
  run.profile.set_memory_mib(512);
  run.cmdline = "rodata=on rdinit=/init";
  run.seed = 7;
  EXPECT_THAT(
      QemuArgv(run),
      ElementsAre("qemu-system-aarch64", "-nodefaults", "-no-user-config", "-no-reboot", "-sandbox",
                  "on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny",
                  "-machine", "virt,gic-version=3", "-cpu", "max,midr=0x410fd8a0", "-smp", "4",
                  "-m", "512M", "-icount", "shift=0,sleep=off", "-rtc", "base=2026-01-01,clock=vm",
                  "-seed", "7", "-nic", "none", "-display", "none", "-monitor", "none", "-chardev",
                  "file,id=console,path=console.log", "-serial", "chardev:console", "-global",
                  "virtio-mmio.ioeventfd=off", "-global", "virtio-mmio.force-legacy=off", "-device",
                  "virtio-serial-device", "-chardev", "file,id=results,path=results.bin", "-device",
                  "virtserialport,chardev=results,name=roxlab.results", "-kernel", "Image",
                  "-initrd", "initramfs.cpio", "-append", "rodata=on rdinit=/init"));
}

TEST(QemuArgv, ZeroInAProfileIsTheDefault) {
  QemuRun run;
  run.seed = ~uint64_t{0};
  EXPECT_THAT(QemuArgv(run), IsSupersetOf({"2", "1024M", "18446744073709551615"}));
}

TEST(KernelCommandLine, OursComesLastBecauseTheLastOneWins) {
  v1::Machine machine;
  const std::string ours = KernelCommandLine(machine, "");
  EXPECT_EQ(ours, "earlycon console=ttyAMA0 panic=-1 oops=panic softlockup_panic=1 rdinit=/init");
  EXPECT_EQ(KernelCommandLine(machine, "nokaslr"), "nokaslr " + ours);
  machine.set_cmdline("rodata=on");
  EXPECT_EQ(KernelCommandLine(machine, "nokaslr"), "rodata=on nokaslr " + ours);
}

TEST(KernelCommandLine, ABoardKeepsItsConsoleAndItsInit) {
  v1::Machine machine;
  machine.mutable_board();
  machine.set_cmdline("root=/dev/vda1 console=ttyS0");
  EXPECT_EQ(KernelCommandLine(machine, "nokaslr"),
            "root=/dev/vda1 console=ttyS0 nokaslr panic=-1 oops=panic softlockup_panic=1");
}

}  // namespace
}  // namespace roxlab
