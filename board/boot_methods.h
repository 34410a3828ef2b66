// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_BOARD_BOOT_METHODS_H_
#define ROXLAB_BOARD_BOOT_METHODS_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "board/boot_method.h"

namespace roxlab {

// A method that arms the boot loader, and then reboots by the board's command.
class RebootMethod : public BootMethod {
 public:
  explicit RebootMethod(const v1::BoardBoot& boot)
      : reboot_(boot.reboot().begin(), boot.reboot().end()) {}
  absl::Status Start(SshSession& ssh, absl::Time deadline, const StopToken& stop) override;

 private:
  const std::vector<std::string> reboot_;
};

// The methods, and what they have in common. Internal to board/, and for its tests.
std::unique_ptr<BootMethod> MakeKexec(const v1::BoardBoot& boot);
std::unique_ptr<BootMethod> MakeExtlinux(const v1::BoardBoot& boot);
std::unique_ptr<BootMethod> MakeGrub(const v1::BoardBoot& boot);
std::unique_ptr<BootMethod> MakeSystemdBoot(const v1::BoardBoot& boot);

// Copies the kernel to FOLDER/Image and syncs.
absl::Status PlaceImage(SshSession& ssh, const std::string& image, const std::string& folder,
                        absl::Time deadline, const StopToken& stop);
absl::Status RemoveFolder(SshSession& ssh, const std::string& folder, absl::Time deadline,
                          const StopToken& stop);
// Runs `argv` on the board a second later, after a sync, with nobody listening.
absl::Status RunDetached(SshSession& ssh, const std::vector<std::string>& argv, absl::Time deadline,
                         const StopToken& stop);
// A small text file; empty when there is none.
absl::StatusOr<std::string> ReadConfig(SshSession& ssh, const std::string& path,
                                       absl::Time deadline, const StopToken& stop);
// Takes our lines out of a configuration file.
absl::Status StripConfig(SshSession& ssh, const std::string& path, absl::Time deadline,
                         const StopToken& stop);

// U-Boot's extlinux.conf with an entry for roxlab/Image beside it, and a menu of `seconds` that
// goes on with the resident kernel. The entry has the device tree of the default one. `choice` is
// its number in the menu. FAILED_PRECONDITION when the file has no entry to go on with.
// Source of the format: U-Boot's doc/README.pxe.
absl::StatusOr<std::string> AddExtlinuxEntry(absl::string_view config, absl::string_view cmdline,
                                             uint32_t seconds, int* choice);
// An entry for GRUB's custom.cfg.
std::string GrubEntry(absl::string_view uuid, absl::string_view path, absl::string_view cmdline);

}  // namespace roxlab

#endif  // ROXLAB_BOARD_BOOT_METHODS_H_
