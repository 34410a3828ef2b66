// SPDX-License-Identifier: Apache-2.0
#include "board/board_check.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/names.h"
#include "common/printable.h"

namespace roxlab {
namespace {

using Problem = std::optional<BoardProblem>;

Problem Wrong(std::vector<std::string> key, std::string what) {
  return BoardProblem{std::move(key), std::move(what)};
}

bool IsPort(uint32_t port) { return port >= 1 && port <= 65535; }

bool IsAbsolute(absl::string_view path) { return absl::StartsWith(path, "/"); }

Problem FindInBoot(const v1::BoardBoot& boot, bool has_serial) {
  switch (boot.method_case()) {
    case v1::BoardBoot::METHOD_NOT_SET:
      return Wrong({"boot"}, "'boot' needs one of kexec, extlinux, grub, systemd_boot");
    case v1::BoardBoot::kExtlinux:
      if (!has_serial)
        return Wrong({"boot", "extlinux"},
                     "extlinux chooses the kernel over the serial console: 'serial' is missing");
      if (!IsAbsolute(boot.extlinux().config()))
        return Wrong({"boot", "extlinux", "config"}, "'config' takes an absolute path");
      return {};
    case v1::BoardBoot::kGrub:
      if (!IsAbsolute(boot.grub().boot_directory()))
        return Wrong({"boot", "grub", "boot_directory"}, "'boot_directory' takes an absolute path");
      return {};
    case v1::BoardBoot::kSystemdBoot:
      if (!boot.systemd_boot().partition().empty() && !IsAbsolute(boot.systemd_boot().partition()))
        return Wrong({"boot", "systemd_boot", "partition"}, "'partition' takes an absolute path");
      return {};
    case v1::BoardBoot::kKexec:
      return {};
  }
  return {};
}

Problem FindInPower(const v1::BoardPower& power) {
  if (power.has_commands()) {
    const v1::PowerCommands& commands = power.commands();
    if (commands.cycle().empty() && (commands.on().empty() || commands.off().empty()))
      return Wrong({"power", "commands"}, "'commands' needs cycle, or both on and off");
    return {};
  }
  if (!power.has_pdudaemon()) return Wrong({"power"}, "'power' needs one of commands, pdudaemon");
  const v1::PduDaemon& daemon = power.pdudaemon();
  if (!absl::StartsWith(daemon.url(), "http://"))
    return Wrong({"power", "pdudaemon"}, "'pdudaemon' needs url: http://HOST:PORT");
  if (daemon.hostname().empty() || daemon.port().empty())
    return Wrong({"power", "pdudaemon"}, "'pdudaemon' needs hostname and port");
  return {};
}

Problem FindInSerial(const v1::BoardSerial& serial) {
  switch (serial.form_case()) {
    case v1::BoardSerial::FORM_NOT_SET:
      return Wrong({"serial"}, "'serial' needs one of tcp, tty, command");
    case v1::BoardSerial::kTcp:
      if (serial.tcp().host().empty() || !IsPort(serial.tcp().port()))
        return Wrong({"serial", "tcp"}, "'tcp' needs host and port (1 to 65535)");
      return {};
    case v1::BoardSerial::kTty:
      if (!IsAbsolute(serial.tty().path()))
        return Wrong({"serial", "tty"}, "'tty' needs path, an absolute one");
      return {};
    case v1::BoardSerial::kCommand:
      if (serial.command().argv().empty())
        return Wrong({"serial", "command"}, "'command' needs argv");
      return {};
  }
  return {};
}

void Default(uint32_t value, void (v1::BoardTimeouts::*set)(uint32_t),
             uint32_t (v1::BoardTimeouts::*get)() const, v1::BoardTimeouts* timeouts) {
  if ((timeouts->*get)() == 0) (timeouts->*set)(value);
}

}  // namespace

std::optional<BoardProblem> FindBoardProblem(const v1::Board& board) {
  if (board.host().empty()) return Wrong({}, "'host' is missing");
  if (HasControl(board.host()) || absl::StartsWith(board.host(), "-"))
    return Wrong({"host"}, "'host' takes a name or an address");
  if (!IsPort(board.port())) return Wrong({"port"}, "'port' takes 1 to 65535");
  if (board.key().empty())
    return Wrong({}, "'key' is missing: the file with the private key that logs in");
  for (const std::string& tag : board.tags())
    if (!absl::StrContains(tag, '=')) return Wrong({"tags"}, "a tag is key=value");
  if (!board.has_boot()) return Wrong({}, "'boot' is missing: how a test kernel is started");
  if (Problem problem = FindInBoot(board.boot(), board.has_serial())) return problem;
  if (board.has_power())
    if (Problem problem = FindInPower(board.power())) return problem;
  if (board.has_serial())
    if (Problem problem = FindInSerial(board.serial())) return problem;
  if (HasControl(board.cmdline())) return Wrong({"cmdline"}, "'cmdline' takes one line");
  for (const std::string& config : board.configs())
    if (!IsValidName(config)) return Wrong({"configs"}, "'configs' takes names of fragments");
  const std::string& work = board.work_directory();
  // A folder that is emptied must not be one that the system lives in.
  if (!IsAbsolute(work) || HasControl(work) || absl::StrContains(absl::StrCat(work, "/"), "/../") ||
      std::count(work.begin(), work.end(), '/') < 2)
    return Wrong({"work_directory"},
                 "'work_directory' takes an absolute path of two names or more");
  return {};
}

void FillBoardDefaults(v1::Board* board) {
  if (board->port() == 0) board->set_port(22);
  if (board->user().empty()) board->set_user("root");
  if (board->work_directory().empty()) board->set_work_directory("/var/lib/roxlab");
  if (board->cache_mib() == 0) board->set_cache_mib(512);
  if (board->health_interval() == 0) board->set_health_interval(20);
  using T = v1::BoardTimeouts;
  T* timeouts = board->mutable_timeouts();
  Default(15, &T::set_connect, &T::connect, timeouts);
  Default(30, &T::set_command, &T::command, timeouts);
  Default(300, &T::set_transfer, &T::transfer, timeouts);
  Default(60, &T::set_power, &T::power, timeouts);
  Default(180, &T::set_boot, &T::boot, timeouts);
  Default(300, &T::set_return_, &T::return_, timeouts);
  if (board->has_boot()) {
    v1::BoardBoot* boot = board->mutable_boot();
    if (boot->reboot().empty()) boot->add_reboot("reboot");
    if (boot->has_kexec() && boot->kexec().program().empty())
      boot->mutable_kexec()->set_program("kexec");
    if (boot->has_extlinux() && boot->extlinux().config().empty())
      boot->mutable_extlinux()->set_config("/boot/extlinux/extlinux.conf");
    if (boot->has_extlinux() && boot->extlinux().menu_seconds() == 0)
      boot->mutable_extlinux()->set_menu_seconds(5);
    if (boot->has_grub() && boot->grub().boot_directory().empty())
      boot->mutable_grub()->set_boot_directory("/boot");
  }
  if (board->serial().has_tty() && board->serial().tty().baud() == 0)
    board->mutable_serial()->mutable_tty()->set_baud(115200);
}

}  // namespace roxlab
