// SPDX-License-Identifier: Apache-2.0
//
// What the other tests take for granted of their stand-in for a board.
#include "tests/support/standin.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "absl/time/clock.h"
#include "tests/support/e2e_lab.h"
#include "tests/support/e2e_run.h"

namespace roxlab {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr char kBootId[] = "cat /proc/sys/kernel/random/boot_id";

class StandinTest : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!FullTests()) GTEST_SKIP() << "downloads a board's system: ROXLAB_FULL=1";
  }

  void Make(const StandinOptions& options = {}) {
    auto made = Standin::Make(MakeE2eLab().home() / "standin", options);
    ASSERT_TRUE(made.ok()) << made.status();
    board_ = *std::move(made);
    // A client of the serial server, as `nc` would be.
    console_ = std::make_unique<BackgroundProgram>(
        std::vector<std::string>{"bash", "-c", "exec cat </dev/tcp/127.0.0.1/$0",
                                 absl::StrCat(board_->serial_port())},
        std::vector<std::pair<std::string, std::string>>{});
  }

  // Times go in the test's record.
  void BootsWithin(absl::Duration limit, const std::string& what) {
    const absl::Time start = absl::Now();
    absl::StatusOr<std::string> said = board_->SshUntil("true", limit);
    ASSERT_TRUE(said.ok()) << said.status() << console_->output();
    RecordProperty(what + "_ms", absl::StrCat(absl::ToInt64Milliseconds(absl::Now() - start)));
  }

  void SwitchOn() {
    ASSERT_TRUE(board_->Power("on").ok());
    ASSERT_NO_FATAL_FAILURE(BootsWithin(absl::Minutes(3), "boot"));
  }

  std::string Said(const std::string& command_line) {
    absl::StatusOr<ProcessResult> result = board_->Ssh(command_line);
    EXPECT_TRUE(result.ok() && result->ok()) << command_line << ": " << result->output;
    return std::string(absl::StripTrailingAsciiWhitespace(result->output));
  }

  // What the console says until it has `text`, which must come.
  std::string ConsoleUntil(absl::string_view text) {
    const absl::Time limit = absl::Now() + absl::Minutes(1);
    while (!absl::StrContains(console_->output(), text) && absl::Now() < limit)
      absl::SleepFor(absl::Milliseconds(10));
    EXPECT_THAT(console_->output(), HasSubstr(text));
    return console_->output();
  }

  std::unique_ptr<Standin> board_;
  std::unique_ptr<BackgroundProgram> console_;
};

TEST_F(StandinTest, BootsDebiansKernelAndTellsOfItOnItsSerialPort) {
  Make();
  EXPECT_FALSE(board_->IsOn());
  SwitchOn();
  EXPECT_TRUE(board_->IsOn());
  EXPECT_THAT(Said("uname -r"), EndsWith("-arm64"));
  const std::string console = ConsoleUntil("login:");
  EXPECT_THAT(console, StartsWith("[    0.000000] Booting Linux"));
  EXPECT_THAT(console, HasSubstr("standin: up with"));
}

TEST_F(StandinTest, KeepsItsDiskButNotItsMemoryWhenPowerIsCut) {
  Make();
  SwitchOn();
  const std::string boot_id = Said(kBootId);
  Said("echo kept >/root/kept && sync && echo lost >/tmp/lost");
  ASSERT_TRUE(board_->Power("off").ok());
  EXPECT_FALSE(board_->IsOn());
  EXPECT_EQ(board_->Ssh("true")->exit_code, 255);
  ASSERT_TRUE(board_->Power("off").ok()) << "off is no error when it is off";
  SwitchOn();
  EXPECT_NE(Said(kBootId), boot_id);
  EXPECT_EQ(Said("cat /root/kept; ls /tmp"), "kept");
}

TEST_F(StandinTest, KexecStartsATestKernelOnTheSameDiskAndAPowerCycleEndsIt) {
  const auto kernel = BoardKernel();
  ASSERT_FALSE(kernel.empty());
  Make();
  SwitchOn();
  const std::string resident = Said("uname -r"), boot_id = Said(kBootId);
  const std::string image = kernel.at("Image").string();
  absl::StatusOr<ProcessResult> copied = RunProcess(
      {.argv = {"scp", "-q", "-i", board_->key().string(), "-P", absl::StrCat(board_->ssh_port()),
                "-o",
                absl::StrCat("UserKnownHostsFile=", board_->directory().string(), "/known_hosts"),
                "-o", "BatchMode=yes", image, "root@127.0.0.1:/root/Image"}});
  ASSERT_TRUE(copied.ok() && copied->ok()) << copied->output;
  Said("kexec -l /root/Image --command-line='root=/dev/vda1 rw console=ttyAMA0 rodata=on'");
  Said("sync; (sleep 1; exec kexec -e) </dev/null >/dev/null 2>&1 &");
  absl::StatusOr<std::string> release =
      board_->SshUntil(absl::StrCat("[ $(", kBootId, ") != ", boot_id, " ] && uname -r"));
  ASSERT_TRUE(release.ok()) << release.status() << console_->output();
  EXPECT_THAT(*release, StartsWith("7.3"));
  EXPECT_THAT(Said("mount"), HasSubstr(" on / type ext4 (rw"));
  // What the lab reads there, and the CPU that it is about.
  EXPECT_THAT(Said("head -c 4000 /sys/kernel/debug/kernel_page_tables"), HasSubstr("---["));
  EXPECT_THAT(Said("dmesg"), HasSubstr("BBM Level 3"));
  ASSERT_TRUE(board_->Power("cycle").ok());
  BootsWithin(absl::Minutes(3), "return");
  EXPECT_EQ(Said("uname -r"), resident);
}

TEST_F(StandinTest, APanicOfATestKernelReturnsToTheResidentOne) {
  Make();
  SwitchOn();
  const std::string boot_id = Said(kBootId);
  ASSERT_TRUE(
      board_->Ssh("(sleep 1; echo c >/proc/sysrq-trigger) </dev/null >/dev/null 2>&1 &").ok());
  ConsoleUntil("Kernel panic");
  absl::StatusOr<std::string> back =
      board_->SshUntil(absl::StrCat("[ $(", kBootId, ") != ", boot_id, " ]"));
  EXPECT_TRUE(back.ok()) << back.status();
}

TEST_F(StandinTest, UBootStartsTheKernelThatExtlinuxConfNames) {
  Make({.firmware = true});
  SwitchOn();
  const std::string console = ConsoleUntil("standin: up with");
  EXPECT_THAT(console, HasSubstr("U-Boot 20"));
  EXPECT_THAT(console, HasSubstr("Retrieving file: /boot/extlinux/extlinux.conf"));
  EXPECT_THAT(Said("uname -r"), EndsWith("-arm64"));
}

TEST_F(StandinTest, AKernelOfTheLabCanBeItsResidentOne) {
  const auto kernel = BoardKernel();
  ASSERT_FALSE(kernel.empty());
  Make({.kernel = kernel.at("Image")});
  SwitchOn();
  EXPECT_THAT(Said("uname -r"), StartsWith("7.3"));
  Said("kexec -s -l /boot/vmlinuz --reuse-cmdline && cat /sys/kernel/kexec_loaded");
}

TEST_F(StandinTest, ALinkThatIsCutSaysNothingAndGoesOnAfterwards) {
  Make();
  SwitchOn();
  ASSERT_TRUE(board_->SetLink(false).ok());
  EXPECT_TRUE(board_->Ssh("true", absl::Seconds(3))->timed_out);
  ASSERT_TRUE(board_->SetLink(true).ok());
  EXPECT_TRUE(board_->SshUntil("true").ok());
}

TEST_F(StandinTest, ItsDiskCanBeFilledAndItsSshdStopped) {
  Make();
  SwitchOn();
  absl::Status filled = board_->FillDisk(4);
  ASSERT_TRUE(filled.ok()) << filled;
  absl::StatusOr<ProcessResult> refused =
      board_->Ssh("dd if=/dev/zero of=/root/more bs=1M count=8");
  EXPECT_NE(refused->exit_code, 0);
  EXPECT_THAT(refused->output, HasSubstr("No space left"));
  ASSERT_TRUE(board_->StopSshd().ok());
  EXPECT_EQ(board_->Ssh("true")->exit_code, 255);
}

TEST_F(StandinTest, ShowsTheHostKeyThatItWasMadeWithAndLetsNobodyElseIn) {
  Make();
  SwitchOn();
  absl::StatusOr<std::string> shown =
      RunAndRead({.argv = {"ssh-keyscan", "-t", "ed25519", "-p", absl::StrCat(board_->ssh_port()),
                           "127.0.0.1"}});
  ASSERT_TRUE(shown.ok()) << shown.status();
  const std::string key = board_->HostKey().substr(0, board_->HostKey().rfind(' '));
  EXPECT_THAT(*shown, HasSubstr(key));
  absl::StatusOr<ProcessResult> refused = RunProcess(
      {.argv = {"ssh", "-F", "none", "-i", "/dev/null", "-p", absl::StrCat(board_->ssh_port()),
                "-o", "IdentitiesOnly=yes", "-o", "BatchMode=yes", "-o",
                absl::StrCat("UserKnownHostsFile=", board_->directory().string(), "/known_hosts"),
                "root@127.0.0.1", "true"}});
  EXPECT_EQ(refused->exit_code, 255);
  EXPECT_THAT(refused->output, HasSubstr("Permission denied"));
}

}  // namespace
}  // namespace roxlab
