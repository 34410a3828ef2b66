// SPDX-License-Identifier: Apache-2.0
// What the boot methods do to a board's files. Booting is tested where there is something to boot.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/time/clock.h"
#include "board/boot_method.h"
#include "common/process.h"
#include "tests/support/ssh_server.h"

namespace roxlab {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using ::testing::Not;

class BoardBoot : public ::testing::Test {
 protected:
  BoardBoot() : session_(server_.Connect()) {
    EXPECT_TRUE(WriteFileAtomically(root() / "kernel", "the kernel").ok());
    kernel_.image = (root() / "kernel").string();
    kernel_.cmdline = "root=/dev/vda2 it's=$(touch oops) roxlab.seed=7";
    // In place of a reboot of this machine.
    for (const std::string& word : {std::string("touch"), (root() / "rebooted").string()})
      board_.mutable_boot()->add_reboot(word);
  }
  fs::path root() const { return server_.home(); }
  std::string Text(const std::string& path) {
    const auto text = ReadFile(root() / path);
    EXPECT_TRUE(text.ok()) << text.status();
    return text.value_or("");
  }
  void Write(const std::string& path, const std::string& text) {
    fs::create_directories((root() / path).parent_path());
    EXPECT_TRUE(WriteFileAtomically(root() / path, text).ok());
  }
  // A program of the board that notes its words, one a line, in CALLS and prints `says`.
  void Program(const std::string& name, const std::string& says) {
    Write(absl::StrCat("bin/", name),
          absl::StrReplaceAll(
              "#!/bin/sh\nprintf '%s\\n' NAME \"$@\" >>'CALLS'\nprintf '%s\\n' 'SAYS'\n",
              {{"NAME", name}, {"CALLS", (root() / "calls").string()}, {"SAYS", says}}));
    fs::permissions(root() / "bin" / name, fs::perms::owner_all);
  }
  void MakeMethod() { method_ = BootMethod::Make(board_); }
  absl::Status Check() { return method_->Check(*session_, Soon(), StopToken()); }
  absl::Status Arm() { return method_->Arm(*session_, kernel_, Soon(), StopToken()); }
  absl::Status Start() { return method_->Start(*session_, Soon(), StopToken()); }
  absl::Status Disarm() { return method_->Disarm(*session_, Soon(), StopToken()); }
  void AwaitReboot() {
    const absl::Time end = Soon();
    while (!fs::exists(root() / "rebooted") && absl::Now() < end)
      absl::SleepFor(absl::Milliseconds(20));
    EXPECT_TRUE(fs::exists(root() / "rebooted"));
  }

  SshServer server_;
  std::unique_ptr<SshSession> session_;
  v1::Board board_;
  TestKernel kernel_;
  std::unique_ptr<BootMethod> method_;
};

TEST_F(BoardBoot, ExtlinuxKeepsTheResidentKernelAsDefaultAndIsTakenBackWhole) {
  const std::string before = "DEFAULT debian\nLABEL debian\n  KERNEL /vmlinuz\n  FDT /board.dtb\n";
  Write("boot/extlinux/extlinux.conf", before);
  auto* extlinux = board_.mutable_boot()->mutable_extlinux();
  extlinux->set_config((root() / "boot/extlinux/extlinux.conf").string());
  extlinux->set_menu_seconds(5);
  MakeMethod();
  ASSERT_TRUE(Check().ok()) << Check();
  EXPECT_FALSE(method_->answer().has_value());
  ASSERT_TRUE(Arm().ok()) << Arm();
  EXPECT_EQ(Text("boot/extlinux/roxlab/Image"), "the kernel");
  const std::string armed = Text("boot/extlinux/extlinux.conf");
  EXPECT_THAT(armed, HasSubstr("  APPEND root=/dev/vda2 it's=$(touch oops) roxlab.seed=7\n"));
  EXPECT_THAT(armed, HasSubstr("  fdt /board.dtb\n"));
  ASSERT_TRUE(method_->answer().has_value());
  EXPECT_EQ(method_->answer()->prompt, "Enter choice:");
  EXPECT_EQ(method_->answer()->reply, "2\r");
  ASSERT_TRUE(Start().ok());
  AwaitReboot();
  for (int i = 0; i < 2; ++i) ASSERT_TRUE(Disarm().ok()) << Disarm();
  EXPECT_EQ(Text("boot/extlinux/extlinux.conf"), before);
  EXPECT_FALSE(fs::exists(root() / "boot/extlinux/roxlab"));
}

TEST_F(BoardBoot, ABoardWithoutExtlinuxSaysSo) {
  board_.mutable_boot()->mutable_extlinux()->set_config((root() / "none.conf").string());
  MakeMethod();
  EXPECT_TRUE(absl::IsFailedPrecondition(Check())) << Check();
  EXPECT_THAT(Check().message(), HasSubstr("none.conf of the board has no entry"));
}

TEST_F(BoardBoot, GrubIsToldOnceInItsEnvironmentAndForgetsIt) {
  if (FindProgram("grub-editenv").empty()) GTEST_SKIP() << "needs the Debian package grub-common";
  // This machine has no disk that grub-probe would find.
  Program("grub-probe", "12-34");
  Command create;
  fs::create_directories(root() / "boot/grub");
  create.argv = {"grub-editenv", (root() / "boot/grub/grubenv").string(), "create"};
  ASSERT_TRUE(RunAndRead(create).ok());
  board_.mutable_boot()->mutable_grub()->set_boot_directory((root() / "boot").string());
  MakeMethod();
  EXPECT_TRUE(absl::IsFailedPrecondition(Check())) << Check();
  Write("boot/grub/grub.cfg", "if [ \"${next_entry}\" ] ; then\nsource custom.cfg\n");
  ASSERT_TRUE(Check().ok()) << Check();
  Write("boot/grub/custom.cfg", "menuentry mine {}\n");
  ASSERT_TRUE(Arm().ok()) << Arm();
  EXPECT_THAT(Text("boot/grub/grubenv"), HasSubstr("\nnext_entry=roxlab\n"));
  EXPECT_THAT(Text("boot/grub/custom.cfg"), HasSubstr("'it'\\''s=$(touch'"));
  EXPECT_THAT(Text("boot/grub/custom.cfg"), HasSubstr("--fs-uuid 12-34\n"));
  EXPECT_EQ(Text("boot/roxlab/Image"), "the kernel");
  for (int i = 0; i < 2; ++i) ASSERT_TRUE(Disarm().ok()) << Disarm();
  EXPECT_THAT(Text("boot/grub/grubenv"), Not(HasSubstr("next_entry")));
  EXPECT_EQ(Text("boot/grub/custom.cfg"), "menuentry mine {}\n");
  EXPECT_FALSE(fs::exists(root() / "boot/roxlab"));
}

TEST_F(BoardBoot, SystemdBootGetsAnEntryForOneBoot) {
  Program("bootctl", (root() / "efi").string());
  fs::create_directories(root() / "efi/loader/entries");
  board_.mutable_boot()->mutable_systemd_boot();
  MakeMethod();
  ASSERT_TRUE(Check().ok()) << Check();
  ASSERT_TRUE(Arm().ok()) << Arm();
  EXPECT_EQ(Text("efi/loader/entries/roxlab.conf"),
            "title roxlab\nlinux /roxlab/Image\n"
            "options root=/dev/vda2 it's=$(touch oops) roxlab.seed=7\n");
  EXPECT_EQ(Text("efi/roxlab/Image"), "the kernel");
  EXPECT_THAT(Text("calls"), HasSubstr("bootctl\nset-oneshot\nroxlab.conf\n"));
  ASSERT_TRUE(Disarm().ok()) << Disarm();
  EXPECT_THAT(Text("calls"), HasSubstr("bootctl\nset-oneshot\n\n"));
  EXPECT_FALSE(fs::exists(root() / "efi/loader/entries/roxlab.conf"));
  EXPECT_FALSE(fs::exists(root() / "efi/roxlab"));
}

TEST_F(BoardBoot, KexecGetsTheCommandLineAsOneWord) {
  Program("kexec", "kexec-tools");
  board_.mutable_boot()->mutable_kexec()->set_program((root() / "bin/kexec").string());
  board_.mutable_boot()->mutable_kexec()->add_options("--dtb=/boot/a b.dtb");
  MakeMethod();
  ASSERT_TRUE(Arm().ok()) << Arm();
  EXPECT_EQ(Text("calls"), "kexec\n-l\n--dtb=/boot/a b.dtb\n--command-line=" + kernel_.cmdline +
                               "\n" + kernel_.image + "\n");
}

TEST_F(BoardBoot, ABoardWithoutKexecSaysWhatToInstall) {
  board_.mutable_boot()->mutable_kexec()->set_program("/nonexistent/kexec");
  MakeMethod();
  EXPECT_TRUE(absl::IsFailedPrecondition(Check())) << Check();
  EXPECT_THAT(Check().message(), HasSubstr("install kexec-tools"));
}

TEST_F(BoardBoot, ACommandLineOfSeveralLinesOrTooLongIsRefused) {
  board_.mutable_boot()->mutable_systemd_boot()->set_partition(root().string());
  MakeMethod();
  kernel_.cmdline = "a\nlinux /evil";
  EXPECT_TRUE(absl::IsInvalidArgument(Arm()));
  kernel_.cmdline = std::string(2048, 'a');
  EXPECT_TRUE(absl::IsInvalidArgument(Arm()));
  EXPECT_FALSE(fs::exists(root() / "loader"));
}

}  // namespace
}  // namespace roxlab
