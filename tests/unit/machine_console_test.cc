// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "runner/machine/console.h"

namespace roxlab {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

// The texts follow kernel/panic.c, arch/arm64/kernel/traps.c and arch/arm64/mm/fault.c of 7.3.
constexpr char kQuiet[] =
    "[    0.000000] Booting Linux on physical CPU 0x0000000000 [0x410fd8a0]\n"
    "[    0.000000] mem auto-init: stack:all(zero), heap alloc:off, heap free:off\n"
    "[    0.113154] Run /init as init process\n"
    "[    0.120000] loop: module verification failed: signature and/or key missing\n"
    "[    0.120001] some driver: no warning, no BUG and no panic here\n"
    "[    0.200000] reboot: Power down\n";

constexpr char kWarn[] =
    "[    0.300001] ------------[ cut here ]------------\n"
    "[    0.300002] execmem: lost a page\n"
    "[    0.300003] WARNING: mm/execmem.c:123 at execmem_free+0x40/0x90, CPU#1: kworker/1:1/35\n"
    "[    0.300004] Modules linked in: vfat fat\n"
    "[    0.300005] CPU: 1 UID: 0 PID: 35 Comm: kworker/1:1 Not tainted 7.3.4 #1 PREEMPT\n"
    "[    0.300006] Hardware name: linux,dummy-virt (DT)\n"
    "[    0.300007] pc : execmem_free+0x40/0x90\n"
    "[    0.300008] Call trace:\n"
    "[    0.300009]  execmem_free+0x40/0x90 (P)\n"
    "[    0.300010] ---[ end trace 0000000000000000 ]---\n";

constexpr char kOops[] =
    "[    0.400001] Unable to handle kernel write to read-only memory at virtual address "
    "ffff000003a0b000\n"
    "[    0.400002] Mem abort info:\n"
    "[    0.400003]   ESR = 0x000000009600004e\n"
    "[    0.400004] swapper pgtable: 4k pages, 48-bit VAs, pgdp=0000000041234000\n"
    "[    0.400005] Internal error: Oops: 000000009600004e [#1]  SMP\n"
    "[    0.400006] Modules linked in: fat\n"
    "[    0.400007] pc : __memcpy+0x110/0x250\n"
    "[    0.400008] Code: 927cec03 cb0e0021 (8b0e0042) a9411c26\n"
    "[    0.400009] ---[ end trace 0000000000000000 ]---\n"
    "[    0.400010] Kernel panic - not syncing: Oops: Fatal exception\n"
    "[    0.400011] SMP: stopping secondary CPUs\n"
    "[    0.400012] ---[ end Kernel panic - not syncing: Oops: Fatal exception ]---\n";

ConsoleWatcher Watch(absl::string_view text, size_t step = 1 << 20) {
  ConsoleWatcher watcher;
  for (; !text.empty(); text.remove_prefix(std::min(step, text.size())))
    watcher.Feed(text.substr(0, step));
  watcher.Finish();
  return watcher;
}

TEST(Console, AHealthyBootIsNoEvent) { EXPECT_FALSE(Watch(kQuiet).event().has_value()); }

TEST(Console, AWarningIsShownFromItsCutToItsEnd) {
  ConsoleWatcher watcher = Watch(absl::StrCat(kQuiet, kWarn, kQuiet));
  ASSERT_TRUE(watcher.event().has_value());
  EXPECT_EQ(watcher.event()->kind, "warn");
  EXPECT_EQ(watcher.event()->title,
            "WARNING: mm/execmem.c:123 at execmem_free+0x40/0x90, CPU#1: kworker/1:1/35");
  EXPECT_EQ(watcher.event()->excerpt, kWarn);
  EXPECT_EQ(watcher.event()->later, "");
}

TEST(Console, AnOopsIsNamedByItsCauseAndNotByThePanicThatFollows) {
  ConsoleWatcher watcher = Watch(absl::StrCat(kQuiet, kOops));
  ASSERT_TRUE(watcher.event().has_value());
  EXPECT_EQ(watcher.event()->kind, "oops");
  EXPECT_THAT(watcher.event()->title, StartsWith("Unable to handle kernel write to read-only"));
  EXPECT_THAT(watcher.event()->excerpt, AllOf(HasSubstr("__memcpy"), HasSubstr("---[ end trace"),
                                              Not(HasSubstr("SMP: stop"))));
  EXPECT_EQ(watcher.event()->later, "Kernel panic - not syncing: Oops: Fatal exception");
}

TEST(Console, TheFirstEventCounts) {
  ConsoleWatcher watcher = Watch(absl::StrCat(kWarn, kOops));
  EXPECT_EQ(watcher.event()->kind, "warn");
  EXPECT_THAT(watcher.event()->later, StartsWith("Unable to handle kernel"));
}

TEST(Console, PiecesAndLineEndsMakeNoDifference) {
  const std::string text = absl::StrCat(kQuiet, kWarn, kOops);
  const ConsoleWatcher whole = Watch(text);
  for (size_t step : {1, 7, 64}) {
    const ConsoleWatcher pieces = Watch(absl::StrReplaceAll(text, {{"\n", "\r\n"}}), step);
    EXPECT_EQ(pieces.event()->excerpt, whole.event()->excerpt);
    EXPECT_EQ(pieces.LastLines(), whole.LastLines());
  }
}

TEST(Console, EachKindOfTroubleIsKnown) {
  const struct {
    const char *line, *kind;
  } kLines[] = {
      {"[    1.0] Kernel panic - not syncing: VFS: Unable to mount root fs", "panic"},
      {"[    1.0][    T1] Kernel panic - not syncing: Attempted to kill init!", "panic"},
      {"Kernel panic - not syncing: stack-protector", "panic"},
      {"[    1.0] Internal error: BRK handler: 00000000f2000800 [#1]  SMP", "oops"},
      {"[    1.0] Unable to handle kernel NULL pointer dereference at virtual address 0", "oops"},
      {"[    1.0] kernel BUG at mm/execmem.c:99!", "oops"},
      {"[    1.0] Insufficient stack space to handle exception!", "oops"},
      {"[    1.0] SError Interrupt on CPU1, code 0x00000000be000011 -- SError", "oops"},
      {"[    1.0] BUG: KASAN: slab-use-after-free in ptdump_walk+0x1/0x2", "oops"},
      {"[    1.0] BUG: KFENCE: out-of-bounds read in f+0x1/0x2", "oops"},
      {"[    1.0] BUG: sleeping function called from invalid context at mm/vmalloc.c:3", "oops"},
      {"[    1.0] BUG: Bad page state in process init  pfn:41000", "oops"},
      {"[    1.0] BUG kmalloc-64 (Not tainted): Poison overwritten", "oops"},
      {"[    1.0] [ BUG: Invalid wait context ]", "oops"},
      {"[    1.0] pagealloc: memory corruption", "oops"},
      {"[    1.0] pagealloc: single bit error", "oops"},
      {"[    1.0] BUG: soft lockup - CPU#1 stuck for 22s! [init:1]", "timeout"},
      {"[    1.0] watchdog: BUG: soft lockup - CPU#1 stuck for 22s! [init:1]", "timeout"},
      {"[    1.0] BUG: workqueue lockup - pool cpus=0 node=0 flags=0x0 nice=0", "timeout"},
      {"[    1.0] INFO: task init:1 blocked for more than 60 seconds.", "timeout"},
      {"[    1.0] INFO: task init:1 blocked in I/O wait for more than 60 seconds.", "timeout"},
      {"[    1.0] rcu: INFO: rcu_preempt detected stalls on CPUs/tasks:", "timeout"},
      {"[    1.0] rcu: INFO: rcu_preempt self-detected stall on CPU", "timeout"},
      {"[    1.0] WARNING: CPU: 0 PID: 1 at mm/vmalloc.c:5 f+0x1/0x2", "warn"},
      {"[    1.0] WARNING: possible circular locking dependency detected", "warn"},
      {"[    1.0] WARNING: suspicious RCU usage", "warn"},
      {"[    1.0] INFO: trying to register non-static key.", "warn"},
      {"[    1.0] UBSAN: array-index-out-of-bounds in mm/execmem.c:5:6", "warn"},
      {"[    1.0] execmem: unable to free memory", "warn"},
      {"[    1.0] Checked W+X mappings: FAILED, 3 W+X pages found, 0 non-UXN pages found", "warn"},
  };
  for (const auto& [line, kind] : kLines) {
    ConsoleWatcher watcher = Watch(absl::StrCat(kQuiet, line));
    ASSERT_TRUE(watcher.event().has_value()) << line;
    EXPECT_EQ(watcher.event()->kind, kind) << line;
  }
}

TEST(Console, WordsInTheMiddleOfALineAreNoEvent) {
  for (const char* line :
       {"[    1.0] Kernel command line: foo=WARNING: panic",
        "[    1.0] Checked W+X mappings: passed, no W+X pages found",
        "[    1.0] INFO: task init:1 is blocked on a mutex",
        "[    1.0] execmem: unable to allocate memory", "[    1.0] INFO: lockdep is turned off.",
        "[    1.0] hung_task: INFO: nothing for more than usual",
        "[    1.0] DEBUG: WARNING: not ours"})
    EXPECT_FALSE(Watch(line).event().has_value()) << line;
}

TEST(Console, WhatAGuestPrintsIsBounded) {
  ConsoleWatcher watcher;
  watcher.Feed("[    1.0] WARNING: flood\n");
  for (int i = 0; i < 1000; ++i) watcher.Feed(std::string(10000, 'x'));
  watcher.Feed("\n");
  for (int i = 0; i < 1000; ++i)
    watcher.Feed(absl::StrCat("line ", i, std::string(100, ' '), "\n"));
  EXPECT_LT(watcher.event()->excerpt.size(), 12u * 1024);
  EXPECT_LT(watcher.LastLines().size(), 40u * 4096);
  EXPECT_THAT(watcher.LastLines(), HasSubstr("line 999"));
}

TEST(Console, TheLastLineCountsWithoutAnEnd) {
  ConsoleWatcher watcher;
  watcher.Feed("[    1.0] Kernel panic - not sync");
  watcher.Feed("ing: no");
  EXPECT_FALSE(watcher.event().has_value());
  watcher.Finish();
  EXPECT_EQ(watcher.event()->title, "Kernel panic - not syncing: no");
}

}  // namespace
}  // namespace roxlab
