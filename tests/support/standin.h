// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_TESTS_SUPPORT_STANDIN_H_
#define ROXLAB_TESTS_SUPPORT_STANDIN_H_

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/process.h"
#include "tests/support/lab_process.h"

namespace roxlab {

struct StandinOptions {
  std::string name = "standin";
  // Boots by U-Boot and extlinux.conf, instead of having its kernel put in memory by QEMU.
  bool firmware = false;
  // The resident kernel's Image; empty: Debian's.
  std::filesystem::path kernel = {};
};

// A board for tests, real in every protocol (tests/standin/README.md): a QEMU process with a disk,
// sshd, kexec, a serial server on TCP, a power switch that is a command. One thread at a time.
class Standin {
 public:
  // A new board in `directory`, which is replaced; its power is off, its serial server answers.
  static absl::StatusOr<std::unique_ptr<Standin>> Make(const std::filesystem::path& directory,
                                                       const StandinOptions& options = {});
  Standin(const Standin&) = delete;
  Standin& operator=(const Standin&) = delete;
  // Turns it off; the files stay.
  ~Standin();

  // "on", "off" or "cycle", by the command that boards.d names.
  absl::Status Power(const std::string& what);
  bool IsOn();

  // Runs a command line of the board's shell over OpenSSH's client with the board's key. The result
  // has exit code 255 when the board cannot be reached.
  absl::StatusOr<ProcessResult> Ssh(const std::string& command_line,
                                    absl::Duration timeout = absl::Seconds(30));
  // Tries until `command_line` succeeds and returns what it said. DEADLINE_EXCEEDED with what the
  // last try said.
  absl::StatusOr<std::string> SshUntil(const std::string& command_line,
                                       absl::Duration timeout = absl::Seconds(180));

  // Pulls the network cable, or puts it back: nothing arrives, and nobody is told.
  absl::Status SetLink(bool up);
  // Leaves `mib` MiB of the board's disk free.
  absl::Status FillDisk(uint32_t mib);
  // No new log-ins until it boots again; sessions go on.
  absl::Status StopSshd();

  // Writes NAME.yaml and NAME.hostkey, the key trusted, into `boards`.
  absl::Status Register(const std::filesystem::path& boards) const;
  // The text of NAME.yaml.
  std::string BoardYaml() const;
  // "ssh-ed25519 AAAA...", as the board shows it.
  std::string HostKey() const;

  const std::filesystem::path& directory() const { return directory_; }
  std::filesystem::path key() const { return directory_ / "id_ed25519"; }
  uint32_t ssh_port() const { return ssh_port_; }
  uint32_t serial_port() const { return serial_port_; }

 private:
  Standin(std::filesystem::path directory, StandinOptions options)
      : directory_(std::move(directory)), options_(std::move(options)) {}
  absl::Status Start();
  std::vector<std::string> PowerCommand(const std::string& what) const;

  const std::filesystem::path directory_;
  const StandinOptions options_;
  uint32_t ssh_port_ = 0, serial_port_ = 0;
  std::unique_ptr<BackgroundProgram> serial_server_;
};

}  // namespace roxlab

#endif  // ROXLAB_TESTS_SUPPORT_STANDIN_H_
