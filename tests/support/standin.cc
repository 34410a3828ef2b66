// SPDX-License-Identifier: Apache-2.0
#include "tests/support/standin.h"

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/substitute.h"
#include "absl/time/clock.h"
#include "board/tcp.h"
#include "common/files.h"
#include "common/status_macros.h"
#include "tests/support/qmp.h"
#include "tests/support/tcp_listener.h"

namespace roxlab {
namespace fs = std::filesystem;
namespace {

constexpr char kTools[] = ROXLAB_SOURCE_DIR "/tests/standin/";

// A flow sequence of YAML.
std::string Words(const std::vector<std::string>& words) {
  return absl::StrCat("[\"", absl::StrJoin(words, "\", \""), "\"]");
}

}  // namespace

absl::StatusOr<std::unique_ptr<Standin>> Standin::Make(const fs::path& directory,
                                                       const StandinOptions& options) {
  std::unique_ptr<Standin> standin(new Standin(fs::absolute(directory), options));
  // What an earlier test that was killed has left on.
  if (fs::exists(standin->directory_ / "disk.img")) ROXLAB_RETURN_IF_ERROR(standin->Power("off"));
  std::vector<std::string> argv = {absl::StrCat(kTools, "make"), standin->directory_.string()};
  if (!options.kernel.empty()) argv.insert(argv.end(), {"--kernel", options.kernel.string()});
  ROXLAB_RETURN_IF_ERROR(RunAndRead({.argv = std::move(argv),
                                     .environment = {{"ROXLAB_CACHE", CacheDirectory().string()}},
                                     .timeout = absl::Minutes(20)})
                             .status());
  ROXLAB_RETURN_IF_ERROR(standin->Start());
  return standin;
}

absl::Status Standin::Start() {
  // Closed again: nobody listens there now.
  ssh_port_ = TcpListener().port();
  serial_port_ = TcpListener().port();
  ROXLAB_RETURN_IF_ERROR(WriteFileAtomically(
      directory_ / "settings",
      absl::StrCat("ssh_port=", ssh_port_, "\n", options_.firmware ? "firmware=1\n" : "")));
  ROXLAB_RETURN_IF_ERROR(
      WriteFileAtomically(directory_ / "known_hosts", absl::StrCat("* ", HostKey(), "\n")));
  serial_server_ = std::make_unique<BackgroundProgram>(
      std::vector<std::string>{absl::StrCat(kTools, "serial"), absl::StrCat(serial_port_),
                               (directory_ / "uart").string()},
      std::vector<std::pair<std::string, std::string>>{});
  const absl::Time limit = absl::Now() + absl::Seconds(60);
  while (!ConnectTcp("127.0.0.1", serial_port_, limit, StopToken()).ok()) {
    if (!serial_server_->running() || absl::Now() > limit)
      return absl::UnavailableError(
          absl::StrCat("the serial server does not start: ", serial_server_->output()));
    absl::SleepFor(absl::Milliseconds(10));
  }
  return absl::OkStatus();
}

Standin::~Standin() {
  if (serial_server_ != nullptr) Power("off").IgnoreError();
}

std::vector<std::string> Standin::PowerCommand(const std::string& what) const {
  return {absl::StrCat(kTools, "power"), directory_.string(), what};
}

absl::Status Standin::Power(const std::string& what) {
  return RunAndRead({.argv = PowerCommand(what), .timeout = absl::Seconds(60)}).status();
}

bool Standin::IsOn() {
  absl::StatusOr<std::string> status = RunAndRead({.argv = PowerCommand("status")});
  return status.ok() && *status == "on\n";
}

absl::StatusOr<ProcessResult> Standin::Ssh(const std::string& command_line,
                                           absl::Duration timeout) {
  return RunProcess(
      {.argv = {"ssh", "-F", "none", "-i", key().string(), "-p", absl::StrCat(ssh_port_), "-o",
                "IdentitiesOnly=yes", "-o",
                absl::StrCat("UserKnownHostsFile=\"", (directory_ / "known_hosts").string(), "\""),
                "-o", "StrictHostKeyChecking=yes", "-o", "BatchMode=yes", "-o", "LogLevel=ERROR",
                "root@127.0.0.1", command_line},
       .timeout = timeout});
}

absl::StatusOr<std::string> Standin::SshUntil(const std::string& command_line,
                                              absl::Duration timeout) {
  const absl::Time limit = absl::Now() + timeout;
  while (true) {
    ROXLAB_ASSIGN_OR_RETURN(const ProcessResult result, Ssh(command_line, absl::Seconds(10)));
    if (result.ok()) return result.output;
    if (absl::Now() > limit)
      return absl::DeadlineExceededError(
          absl::StrCat("'", command_line, "': ", result.Describe(), ": ", result.output));
    absl::SleepFor(absl::Milliseconds(100));
  }
}

absl::Status Standin::SetLink(bool up) {
  return QmpCommand(directory_ / "qmp", absl::Substitute(R"({"execute": "set_link", "arguments": )"
                                                         R"({"name": "nic", "up": $0}})",
                                                         up ? "true" : "false"));
}

absl::Status Standin::FillDisk(uint32_t mib) {
  ROXLAB_ASSIGN_OR_RETURN(
      const ProcessResult result,
      // What ext4 keeps for itself is free, but not to be had.
      Ssh(absl::Substitute(
          "have=$$(($$(stat -fc %f /) - $$(cat /sys/fs/ext4/vda1/reserved_clusters)))"
          " && fallocate -l $$((have * $$(stat -fc %S /) / 1048576 - $0))m"
          " /root/filling && sync",
          mib)));
  return result.ok() ? absl::OkStatus() : absl::InternalError(result.output);
}

absl::Status Standin::StopSshd() {
  ROXLAB_ASSIGN_OR_RETURN(const ProcessResult result, Ssh("kill $(cat /run/sshd.pid)"));
  return result.ok() ? absl::OkStatus() : absl::InternalError(result.output);
}

absl::Status Standin::Register(const fs::path& boards) const {
  ROXLAB_RETURN_IF_ERROR(MakeDirectories(boards));
  ROXLAB_RETURN_IF_ERROR(WriteFileAtomically(boards / (options_.name + ".yaml"), BoardYaml()));
  return WriteFileAtomically(boards / (options_.name + ".hostkey"), HostKey() + "\n");
}

std::string Standin::BoardYaml() const {
  return absl::Substitute(
      "name: $0\n"
      "title: a stand-in for a board\n"
      "tags: [arch=arm64]\n"
      "host: 127.0.0.1\n"
      "port: $1\n"
      "key: \"$2\"\n"
      "boot: {$3: {}}\n"
      "power: {commands: {on: $4, off: $5, cycle: $6}}\n"
      "serial: {tcp: {host: 127.0.0.1, port: $7}}\n"
      "cmdline: root=/dev/vda1 rw console=ttyAMA0 rodata=on\n"
      "configs: [board-virt]\n",
      options_.name, ssh_port_, key().string(), options_.firmware ? "extlinux" : "kexec",
      Words(PowerCommand("on")), Words(PowerCommand("off")), Words(PowerCommand("cycle")),
      serial_port_);
}

std::string Standin::HostKey() const {
  absl::StatusOr<std::string> line = ReadFile(directory_ / "host_key.pub");
  return line.ok() ? std::string(absl::StripTrailingAsciiWhitespace(*line)) : "";
}

}  // namespace roxlab
