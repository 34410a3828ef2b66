// SPDX-License-Identifier: Apache-2.0
#include "tests/support/local_socket.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <nlohmann/json.hpp>
#include <string>

#include "absl/strings/str_cat.h"
#include "common/files.h"
#include "common/status_macros.h"

namespace roxlab {
namespace {

sockaddr_in Loopback(uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

// One line of at most 64 KiB, within 10 s.
absl::StatusOr<std::string> ReadLine(int fd) {
  std::string line;
  while (line.size() < 65536) {
    pollfd poll_for{.fd = fd, .events = POLLIN, .revents = 0};
    char byte = 0;
    if (poll(&poll_for, 1, 10'000) != 1 || read(fd, &byte, 1) != 1)
      return absl::UnavailableError(absl::StrCat("QEMU's monitor said only '", line, "'"));
    if (byte == '\n') return line;
    line.push_back(byte);
  }
  return absl::InternalError("QEMU's monitor does not come to an end");
}

// The answer to a command: events may come before it.
absl::Status Ask(int fd, absl::string_view command) {
  ROXLAB_RETURN_IF_ERROR(WriteAll(fd, absl::StrCat(command, "\n")));
  while (true) {
    ROXLAB_ASSIGN_OR_RETURN(const std::string line, ReadLine(fd));
    const nlohmann::json answer = nlohmann::json::parse(line, nullptr, false);
    if (answer.is_discarded() || answer.contains("error"))
      return absl::InternalError(absl::StrCat(command, ": ", line));
    if (answer.contains("return")) return absl::OkStatus();
  }
}

}  // namespace

absl::StatusOr<uint16_t> FreePort() {
  UniqueFd fd(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address = Loopback(0);
  socklen_t size = sizeof(address);
  if (!fd.valid() || bind(fd.get(), reinterpret_cast<sockaddr*>(&address), size) != 0 ||
      getsockname(fd.get(), reinterpret_cast<sockaddr*>(&address), &size) != 0)
    return absl::ErrnoToStatus(errno, "no free port");
  return ntohs(address.sin_port);
}

bool Listens(uint16_t port) {
  UniqueFd fd(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const sockaddr_in address = Loopback(port);
  return fd.valid() &&
         connect(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0;
}

absl::Status QmpCommand(const std::filesystem::path& path, absl::string_view command) {
  UniqueFd fd(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.native().size() >= sizeof(address.sun_path))
    return absl::InvalidArgumentError(absl::StrCat(path.string(), " is too long for a socket"));
  path.native().copy(address.sun_path, sizeof(address.sun_path) - 1);
  if (!fd.valid() || connect(fd.get(), reinterpret_cast<sockaddr*>(&address), sizeof(address)) != 0)
    return absl::ErrnoToStatus(errno, path.string());
  ROXLAB_RETURN_IF_ERROR(ReadLine(fd.get()).status());
  ROXLAB_RETURN_IF_ERROR(Ask(fd.get(), R"({"execute": "qmp_capabilities"})"));
  return Ask(fd.get(), command);
}

}  // namespace roxlab
