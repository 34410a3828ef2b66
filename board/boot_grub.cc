// SPDX-License-Identifier: Apache-2.0
// GRUB's next_entry (grub-reboot(8)), which the start of Debian's grub.cfg takes and clears in
// grubenv before it boots anything.
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "board/boot_methods.h"
#include "board/marked_block.h"
#include "common/process.h"
#include "common/status_macros.h"

namespace roxlab {
namespace {

constexpr char kEntry[] = "roxlab";

class Grub : public RebootMethod {
 public:
  explicit Grub(const v1::BoardBoot& boot)
      : RebootMethod(boot), boot_(boot.grub().boot_directory()) {}

  absl::Status Check(SshSession& ssh, absl::Time deadline, const StopToken& stop) override {
    const std::string config = boot_ + "/grub/grub.cfg";
    ROXLAB_ASSIGN_OR_RETURN(const std::string text, ReadConfig(ssh, config, deadline, stop));
    if (!absl::StrContains(text, "next_entry") || !absl::StrContains(text, "custom.cfg"))
      return absl::FailedPreconditionError(
          absl::StrCat(config,
                       " of the board does not look at next_entry and custom.cfg: run "
                       "update-grub there, with Debian's 00_header and 41_custom"));
    ROXLAB_ASSIGN_OR_RETURN(const RemoteResult list,
                            ssh.Run({"grub-editenv", Environment(), "list"}, "", deadline, stop));
    if (list.ok()) return absl::OkStatus();
    return absl::FailedPreconditionError(
        absl::StrCat("the board cannot read ", Environment(), ": grub-editenv: ", list.Describe()));
  }

  absl::Status Disarm(SshSession& ssh, absl::Time deadline, const StopToken& stop) override {
    ROXLAB_RETURN_IF_ERROR(
        ssh.RunAndRead({"grub-editenv", Environment(), "unset", "next_entry"}, deadline, stop)
            .status());
    ROXLAB_RETURN_IF_ERROR(StripConfig(ssh, Custom(), deadline, stop));
    return RemoveFolder(ssh, Folder(), deadline, stop);
  }

 protected:
  absl::Status DoArm(SshSession& ssh, const TestKernel& kernel, absl::Time deadline,
                     const StopToken& stop) override {
    ROXLAB_RETURN_IF_ERROR(PlaceImage(ssh, kernel.image, Folder(), deadline, stop));
    ROXLAB_ASSIGN_OR_RETURN(
        const std::string uuid,
        ssh.RunAndRead({"grub-probe", "--target=fs_uuid", Folder()}, deadline, stop));
    ROXLAB_ASSIGN_OR_RETURN(
        const std::string path,
        ssh.RunAndRead({"grub-mkrelpath", Folder() + "/Image"}, deadline, stop));
    ROXLAB_ASSIGN_OR_RETURN(const std::string custom, ReadConfig(ssh, Custom(), deadline, stop));
    const std::string entry = GrubEntry(absl::StripAsciiWhitespace(uuid),
                                        absl::StripAsciiWhitespace(path), kernel.cmdline);
    ROXLAB_RETURN_IF_ERROR(ssh.Write(WithBlock(custom, entry), Custom(), 0644, deadline, stop));
    return ssh
        .RunAndRead({"grub-editenv", Environment(), "set", absl::StrCat("next_entry=", kEntry)},
                    deadline, stop)
        .status();
  }

 private:
  std::string Folder() const { return boot_ + "/roxlab"; }
  std::string Custom() const { return boot_ + "/grub/custom.cfg"; }
  std::string Environment() const { return boot_ + "/grub/grubenv"; }

  const std::string boot_;
};

}  // namespace

std::string GrubEntry(absl::string_view uuid, absl::string_view path, absl::string_view cmdline) {
  // GRUB reads single quotes as a shell does.
  std::vector<std::string> linux = {"linux", std::string(path)};
  for (absl::string_view word : absl::StrSplit(cmdline, ' ', absl::SkipEmpty()))
    linux.emplace_back(word);
  return absl::StrCat(
      "menuentry ", kEntry, " --id ", kEntry, " {\n  ",
      ShellQuote({"search", "--no-floppy", "--set=root", "--fs-uuid", std::string(uuid)}), "\n  ",
      ShellQuote(linux), "\n}\n");
}

std::unique_ptr<BootMethod> MakeGrub(const v1::BoardBoot& boot) {
  return std::make_unique<Grub>(boot);
}

}  // namespace roxlab
