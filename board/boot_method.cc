// SPDX-License-Identifier: Apache-2.0
#include "board/boot_method.h"

#include "absl/strings/str_cat.h"
#include "board/boot_methods.h"
#include "board/marked_block.h"
#include "board/remote_script.h"
#include "common/printable.h"
#include "common/status_macros.h"

namespace roxlab {
namespace {

constexpr size_t kMaxCmdline = 2047;  // COMMAND_LINE_SIZE of arm64, less its end.
constexpr uint64_t kMaxConfig = 256 << 10;

// $1: image, $2: folder.
constexpr char kPlace[] = R"(mkdir -p -- "$2" && cp -- "$1" "$2/Image.part" &&
mv -f -- "$2/Image.part" "$2/Image" && sync)";

// $@: what to run. sshd gets the second to say that we have ended well.
constexpr char kDetached[] = R"(trap '' HUP; sync
(sleep 1; exec "$@") </dev/null >/dev/null 2>&1 &)";

}  // namespace

std::unique_ptr<BootMethod> BootMethod::Make(const v1::Board& board) {
  switch (board.boot().method_case()) {
    case v1::BoardBoot::kExtlinux:
      return MakeExtlinux(board.boot());
    case v1::BoardBoot::kGrub:
      return MakeGrub(board.boot());
    case v1::BoardBoot::kSystemdBoot:
      return MakeSystemdBoot(board.boot());
    case v1::BoardBoot::kKexec:
    case v1::BoardBoot::METHOD_NOT_SET:  // Refused where files are read.
      break;
  }
  return MakeKexec(board.boot());
}

absl::Status BootMethod::Arm(SshSession& ssh, const TestKernel& kernel, absl::Time deadline,
                             const StopToken& stop) {
  const std::string& line = kernel.cmdline;
  if (line.size() > kMaxCmdline || HasControl(line))
    return absl::InvalidArgumentError(absl::StrCat("a kernel command line is one line of at most ",
                                                   kMaxCmdline, " bytes: ", line));
  return DoArm(ssh, kernel, deadline, stop);
}

absl::Status PlaceImage(SshSession& ssh, const std::string& image, const std::string& folder,
                        absl::Time deadline, const StopToken& stop) {
  return RunScript(ssh, kPlace, {image, folder}, absl::StrCat("placing the kernel in ", folder),
                   deadline, stop)
      .status();
}

absl::Status RemoveFolder(SshSession& ssh, const std::string& folder, absl::Time deadline,
                          const StopToken& stop) {
  return ssh.RunAndRead({"rm", "-rf", "--", folder}, deadline, stop).status();
}

absl::Status RunDetached(SshSession& ssh, const std::vector<std::string>& argv, absl::Time deadline,
                         const StopToken& stop) {
  return RunScript(ssh, kDetached, argv, argv[0], deadline, stop).status();
}

absl::Status RebootMethod::Start(SshSession& ssh, absl::Time deadline, const StopToken& stop) {
  return RunDetached(ssh, reboot_, deadline, stop);
}

absl::StatusOr<std::string> ReadConfig(SshSession& ssh, const std::string& path,
                                       absl::Time deadline, const StopToken& stop) {
  absl::StatusOr<std::string> text = ssh.Download(path, kMaxConfig, deadline, stop);
  return absl::IsNotFound(text.status()) ? "" : text;
}

absl::Status StripConfig(SshSession& ssh, const std::string& path, absl::Time deadline,
                         const StopToken& stop) {
  ROXLAB_ASSIGN_OR_RETURN(const std::string text, ReadConfig(ssh, path, deadline, stop));
  const std::string without = WithoutBlock(text);
  if (without.size() >= text.size()) return absl::OkStatus();
  if (without.empty()) return ssh.Remove(path, deadline, stop);
  return ssh.Write(without, path, 0644, deadline, stop);
}

}  // namespace roxlab
