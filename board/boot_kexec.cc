// SPDX-License-Identifier: Apache-2.0
// kexec-tools (kexec(8)): the loaded kernel is in memory alone, so any reset forgets it.
#include "absl/strings/str_cat.h"
#include "board/boot_methods.h"
#include "common/status_macros.h"

namespace roxlab {
namespace {

class Kexec : public BootMethod {
 public:
  explicit Kexec(const v1::KexecBoot& config)
      : program_(config.program()), options_(config.options().begin(), config.options().end()) {}

  absl::Status Check(SshSession& ssh, absl::Time deadline, const StopToken& stop) override {
    ROXLAB_ASSIGN_OR_RETURN(const RemoteResult version,
                            ssh.Run({program_, "--version"}, "", deadline, stop));
    if (!version.ok())
      return absl::FailedPreconditionError(absl::StrCat(
          "the board cannot run ", program_, ": install kexec-tools there: ", version.Describe()));
    ROXLAB_ASSIGN_OR_RETURN(const State state, Read(ssh, deadline, stop));
    if (state == State::kUnable)
      return absl::FailedPreconditionError(
          "the resident kernel cannot kexec: it needs CONFIG_KEXEC=y");
    return absl::OkStatus();
  }

  absl::Status Start(SshSession& ssh, absl::Time deadline, const StopToken& stop) override {
    ROXLAB_ASSIGN_OR_RETURN(const State state, Read(ssh, deadline, stop));
    if (state == State::kEmpty)
      return absl::FailedPreconditionError("no kernel is loaded for kexec");
    return RunDetached(ssh, {program_, "-e"}, deadline, stop);
  }

  absl::Status Disarm(SshSession& ssh, absl::Time deadline, const StopToken& stop) override {
    ROXLAB_ASSIGN_OR_RETURN(const State state, Read(ssh, deadline, stop));
    if (state != State::kLoaded) return absl::OkStatus();
    return ssh.RunAndRead({program_, "-u"}, deadline, stop).status();
  }

 protected:
  absl::Status DoArm(SshSession& ssh, const TestKernel& kernel, absl::Time deadline,
                     const StopToken& stop) override {
    std::vector<std::string> argv = {program_, "-l"};
    argv.insert(argv.end(), options_.begin(), options_.end());
    argv.push_back(absl::StrCat("--command-line=", kernel.cmdline));
    argv.push_back(kernel.image);
    return ssh.RunAndRead(argv, deadline, stop).status();
  }

 private:
  enum class State { kUnable, kEmpty, kLoaded };

  static absl::StatusOr<State> Read(SshSession& ssh, absl::Time deadline, const StopToken& stop) {
    ROXLAB_ASSIGN_OR_RETURN(const std::string text,
                            ReadConfig(ssh, "/sys/kernel/kexec_loaded", deadline, stop));
    if (text.empty()) return State::kUnable;
    return text[0] == '1' ? State::kLoaded : State::kEmpty;
  }

  const std::string program_;
  const std::vector<std::string> options_;
};

}  // namespace

std::unique_ptr<BootMethod> MakeKexec(const v1::BoardBoot& boot) {
  return std::make_unique<Kexec>(boot.kexec());
}

}  // namespace roxlab
