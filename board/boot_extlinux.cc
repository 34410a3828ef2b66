// SPDX-License-Identifier: Apache-2.0
// U-Boot's extlinux.conf has nothing that is true for one boot only, and many boards have no
// environment that Linux can write. So the default stays the resident kernel, and the test kernel
// is chosen by its number in U-Boot's menu, over the serial console: no answer, no test kernel.
#include <filesystem>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "board/boot_methods.h"
#include "board/marked_block.h"
#include "common/status_macros.h"

namespace roxlab {
namespace {

// An entry of the file as far as it concerns us.
struct Label {
  std::string name;
  std::string device_tree;  // Its lines about that, as they are.
};

struct Menu {
  std::string fallback;  // Of DEFAULT.
  std::vector<Label> labels;
};

Menu ParseMenu(absl::string_view config) {
  Menu menu;
  for (absl::string_view line : absl::StrSplit(config, '\n')) {
    absl::string_view rest = absl::StripAsciiWhitespace(line);
    const size_t size = rest.find_first_of(" \t");
    const std::string key = absl::AsciiStrToLower(rest.substr(0, size));
    rest = size == absl::string_view::npos ? "" : absl::StripAsciiWhitespace(rest.substr(size));
    if (key == "default") menu.fallback = std::string(rest);
    if (key == "label") menu.labels.push_back({std::string(rest), ""});
    if (!menu.labels.empty() &&
        (absl::StartsWith(key, "fdt") || absl::StartsWith(key, "devicetree")))
      absl::StrAppend(&menu.labels.back().device_tree, "  ", key, " ", rest, "\n");
  }
  return menu;
}

class Extlinux : public RebootMethod {
 public:
  explicit Extlinux(const v1::BoardBoot& boot)
      : RebootMethod(boot),
        config_(boot.extlinux().config()),
        folder_((std::filesystem::path(config_).parent_path() / "roxlab").string()),
        seconds_(boot.extlinux().menu_seconds()) {}

  absl::Status Check(SshSession& ssh, absl::Time deadline, const StopToken& stop) override {
    ROXLAB_ASSIGN_OR_RETURN(const std::string text, ReadConfig(ssh, config_, deadline, stop));
    int choice = 0;
    return Describe(AddExtlinuxEntry(text, "", seconds_, &choice).status());
  }

  absl::Status Disarm(SshSession& ssh, absl::Time deadline, const StopToken& stop) override {
    choice_ = 0;
    ROXLAB_RETURN_IF_ERROR(StripConfig(ssh, config_, deadline, stop));
    return RemoveFolder(ssh, folder_, deadline, stop);
  }

  std::optional<ConsoleAnswer> answer() const override {
    if (choice_ == 0) return std::nullopt;
    return ConsoleAnswer{"Enter choice:", absl::StrCat(choice_, "\r")};
  }

 protected:
  absl::Status DoArm(SshSession& ssh, const TestKernel& kernel, absl::Time deadline,
                     const StopToken& stop) override {
    ROXLAB_ASSIGN_OR_RETURN(const std::string text, ReadConfig(ssh, config_, deadline, stop));
    int choice = 0;
    const auto added = AddExtlinuxEntry(text, kernel.cmdline, seconds_, &choice);
    ROXLAB_RETURN_IF_ERROR(Describe(added.status()));
    ROXLAB_RETURN_IF_ERROR(PlaceImage(ssh, kernel.image, folder_, deadline, stop));
    ROXLAB_RETURN_IF_ERROR(ssh.Write(*added, config_, 0644, deadline, stop));
    choice_ = choice;
    return absl::OkStatus();
  }

 private:
  absl::Status Describe(const absl::Status& status) const {
    return status.ok() ? status
                       : absl::Status(status.code(),
                                      absl::StrCat(config_, " of the board ", status.message()));
  }

  const std::string config_, folder_;
  const uint32_t seconds_;
  int choice_ = 0;
};

}  // namespace

absl::StatusOr<std::string> AddExtlinuxEntry(absl::string_view config, absl::string_view cmdline,
                                             uint32_t seconds, int* choice) {
  const std::string without = WithoutBlock(config);
  const Menu menu = ParseMenu(without);
  if (menu.labels.empty())
    return absl::FailedPreconditionError("has no entry (LABEL) of a resident kernel");
  const Label* resident = menu.fallback.empty() ? &menu.labels[0] : nullptr;
  for (const Label& label : menu.labels)
    if (label.name == menu.fallback) resident = &label;
  if (resident == nullptr)
    return absl::FailedPreconditionError(
        absl::StrCat("has no entry for its DEFAULT '", menu.fallback, "'"));
  *choice = static_cast<int>(menu.labels.size()) + 1;  // U-Boot counts the entries from 1.
  // A later line of the file wins; KERNEL is relative to the file. U-Boot does not look at PROMPT
  // (boot/pxe_utils.c): it asks when there is a line of MENU outside of the entries.
  return WithBlock(without,
                   absl::StrCat("DEFAULT ", resident->name, "\nMENU TITLE roxlab\nTIMEOUT ",
                                seconds * 10, "\nLABEL roxlab\n  KERNEL roxlab/Image\n",
                                resident->device_tree, "  APPEND ", cmdline, "\n"));
}

std::unique_ptr<BootMethod> MakeExtlinux(const v1::BoardBoot& boot) {
  return std::make_unique<Extlinux>(boot);
}

}  // namespace roxlab
