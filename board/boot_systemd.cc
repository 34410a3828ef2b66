// SPDX-License-Identifier: Apache-2.0
// systemd-boot's EFI variable LoaderEntryOneShot (bootctl(1), set-oneshot), which it clears before
// it boots. The entry is of the Boot Loader Specification, type 1.
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "board/boot_methods.h"
#include "common/status_macros.h"

namespace roxlab {
namespace {

constexpr char kEntry[] = "roxlab.conf";

class SystemdBoot : public RebootMethod {
 public:
  explicit SystemdBoot(const v1::BoardBoot& boot)
      : RebootMethod(boot), partition_(boot.systemd_boot().partition()) {}

  absl::Status Check(SshSession& ssh, absl::Time deadline, const StopToken& stop) override {
    ROXLAB_ASSIGN_OR_RETURN(const RemoteResult installed,
                            ssh.Run({"bootctl", "is-installed"}, "", deadline, stop));
    if (!installed.ok())
      return absl::FailedPreconditionError(absl::StrCat(
          "the board does not boot by systemd-boot: bootctl is-installed: ", installed.Describe(),
          installed.output));
    return Partition(ssh, deadline, stop).status();
  }

  absl::Status Disarm(SshSession& ssh, absl::Time deadline, const StopToken& stop) override {
    ROXLAB_ASSIGN_OR_RETURN(const std::string partition, Partition(ssh, deadline, stop));
    // An empty name takes the variable away.
    ROXLAB_RETURN_IF_ERROR(ssh.RunAndRead({"bootctl", "set-oneshot", ""}, deadline, stop).status());
    ROXLAB_RETURN_IF_ERROR(ssh.Remove(Entry(partition), deadline, stop));
    return RemoveFolder(ssh, partition + "/roxlab", deadline, stop);
  }

 protected:
  absl::Status DoArm(SshSession& ssh, const TestKernel& kernel, absl::Time deadline,
                     const StopToken& stop) override {
    ROXLAB_ASSIGN_OR_RETURN(const std::string partition, Partition(ssh, deadline, stop));
    ROXLAB_RETURN_IF_ERROR(PlaceImage(ssh, kernel.image, partition + "/roxlab", deadline, stop));
    const std::string entry =
        absl::StrCat("title roxlab\nlinux /roxlab/Image\noptions ", kernel.cmdline, "\n");
    ROXLAB_RETURN_IF_ERROR(ssh.Write(entry, Entry(partition), 0644, deadline, stop));
    return ssh.RunAndRead({"bootctl", "set-oneshot", kEntry}, deadline, stop).status();
  }

 private:
  absl::StatusOr<std::string> Partition(SshSession& ssh, absl::Time deadline,
                                        const StopToken& stop) const {
    if (!partition_.empty()) return partition_;
    ROXLAB_ASSIGN_OR_RETURN(const std::string said,
                            ssh.RunAndRead({"bootctl", "-x"}, deadline, stop));
    const absl::string_view path = absl::StripAsciiWhitespace(said);
    if (path.empty() || path[0] != '/')
      return absl::FailedPreconditionError(
          absl::StrCat("bootctl -x of the board names no partition: ", path));
    return std::string(path);
  }
  static std::string Entry(const std::string& partition) {
    return absl::StrCat(partition, "/loader/entries/", kEntry);
  }

  const std::string partition_;
};

}  // namespace

std::unique_ptr<BootMethod> MakeSystemdBoot(const v1::BoardBoot& boot) {
  return std::make_unique<SystemdBoot>(boot);
}

}  // namespace roxlab
