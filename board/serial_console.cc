// SPDX-License-Identifier: Apache-2.0
#include "board/serial_console.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "absl/strings/str_cat.h"
#include "board/tcp.h"
#include "common/spawn.h"
#include "common/status_macros.h"

namespace roxlab {

// A console of any form, and the program behind it if there is one.
struct SerialConsole::Line {
  std::string name;
  UniqueFd fd;
  bool is_socket = true;
  pid_t program = 0;

  ~Line() {
    if (program == 0) return;
    kill(-program, SIGKILL);
    while (waitpid(program, nullptr, 0) < 0 && errno == EINTR) {
    }
  }
  absl::Status Ended() const {
    return absl::UnavailableError(absl::StrCat("the console ", name, " has ended"));
  }
};

namespace {

speed_t SpeedOf(uint32_t baud) {
  constexpr std::pair<uint32_t, speed_t> kSpeeds[] = {
      {9600, B9600},       {19200, B19200},     {38400, B38400},     {57600, B57600},
      {115200, B115200},   {230400, B230400},   {460800, B460800},   {921600, B921600},
      {1000000, B1000000}, {1500000, B1500000}, {2000000, B2000000}, {3000000, B3000000}};
  for (const auto& [known, speed] : kSpeeds)
    if (known == baud) return speed;
  return B0;
}

// 8 data bits, no parity, 1 stop bit, nothing done to the bytes, no modem lines.
absl::Status SetUp(int fd, const v1::TtySerial& tty) {
  const speed_t speed = SpeedOf(tty.baud());
  if (speed == B0)
    return absl::InvalidArgumentError(absl::StrCat(tty.path(), ": no such speed: ", tty.baud()));
  if (ioctl(fd, TIOCEXCL) != 0) return absl::ErrnoToStatus(errno, tty.path());
  termios settings = {};
  if (tcgetattr(fd, &settings) != 0) return absl::ErrnoToStatus(errno, tty.path());
  cfmakeraw(&settings);
  settings.c_cflag &= ~static_cast<tcflag_t>(CSTOPB | CRTSCTS);
  settings.c_cflag |= CLOCAL | CREAD;
  cfsetspeed(&settings, speed);
  if (tcsetattr(fd, TCSANOW, &settings) != 0) return absl::ErrnoToStatus(errno, tty.path());
  return absl::OkStatus();
}

absl::StatusOr<UniqueFd> OpenTty(const v1::TtySerial& tty) {
  UniqueFd fd(open(tty.path().c_str(), O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC));
  if (!fd.valid() && errno == EBUSY)
    return absl::FailedPreconditionError(
        absl::StrCat(tty.path(), " is held by another program (a terminal that is still open?)"));
  if (!fd.valid())
    return absl::UnavailableError(absl::StrCat("cannot open ", tty.path(), ": ", strerror(errno)));
  ROXLAB_RETURN_IF_ERROR(SetUp(fd.get(), tty));
  return fd;
}

}  // namespace

SerialConsole::SerialConsole(std::unique_ptr<Line> line) : line_(std::move(line)) {
  fcntl(line_->fd.get(), F_SETFL, fcntl(line_->fd.get(), F_GETFL) | O_NONBLOCK);
}
SerialConsole::SerialConsole(SerialConsole&&) noexcept = default;
SerialConsole& SerialConsole::operator=(SerialConsole&&) noexcept = default;
SerialConsole::~SerialConsole() = default;

absl::StatusOr<SerialConsole> SerialConsole::Open(const v1::BoardSerial& serial,
                                                  absl::Time deadline, const StopToken& stop) {
  auto line = std::make_unique<Line>();
  if (serial.has_tcp()) {
    line->name = absl::StrCat(serial.tcp().host(), ":", serial.tcp().port());
    ROXLAB_ASSIGN_OR_RETURN(line->fd,
                            ConnectTcp(serial.tcp().host(), serial.tcp().port(), deadline, stop));
  } else if (serial.has_tty()) {
    line->name = serial.tty().path();
    ROXLAB_ASSIGN_OR_RETURN(line->fd, OpenTty(serial.tty()));
    line->is_socket = false;
  } else {
    Command command;
    command.argv.assign(serial.command().argv().begin(), serial.command().argv().end());
    if (command.argv.empty()) return absl::InvalidArgumentError("a board without a console");
    int pair[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0)
      return absl::ErrnoToStatus(errno, "socketpair");
    UniqueFd ours(pair[0]);
    const UniqueFd theirs(pair[1]);
    for (int number : {0, 1, 2}) command.files.emplace_back(number, theirs.get());
    line->name = ShellQuote(command.argv);
    ROXLAB_ASSIGN_OR_RETURN(const Child child, Spawn(command));
    line->fd = std::move(ours);
    line->program = child.pid;
  }
  return SerialConsole(std::move(line));
}

int SerialConsole::fd() const { return line_->fd.get(); }

absl::StatusOr<std::string> SerialConsole::Read() {
  std::string bytes(64 << 10, '\0');
  const ssize_t n = read(fd(), bytes.data(), bytes.size());
  if (n < 0 && (errno == EAGAIN || errno == EINTR)) return std::string();
  if (n <= 0) return line_->Ended();
  bytes.resize(static_cast<size_t>(n));
  return bytes;
}

absl::StatusOr<std::string> SerialConsole::ReadUntil(absl::Time deadline, const StopToken& stop) {
  while (true) {
    ROXLAB_RETURN_IF_ERROR(PollUntil(fd(), POLLIN, deadline, stop));
    ROXLAB_ASSIGN_OR_RETURN(std::string bytes, Read());
    if (!bytes.empty()) return bytes;
  }
}

absl::Status SerialConsole::Write(absl::string_view bytes, absl::Time deadline,
                                  const StopToken& stop) {
  while (!bytes.empty()) {
    ROXLAB_RETURN_IF_ERROR(PollUntil(fd(), POLLOUT, deadline, stop));
    // A socket whose other side has gone must not end us by a signal.
    const ssize_t n = line_->is_socket ? send(fd(), bytes.data(), bytes.size(), MSG_NOSIGNAL)
                                       : write(fd(), bytes.data(), bytes.size());
    if (n < 0 && (errno == EAGAIN || errno == EINTR)) continue;
    if (n < 0) return line_->Ended();
    bytes.remove_prefix(static_cast<size_t>(n));
  }
  return absl::OkStatus();
}

}  // namespace roxlab
