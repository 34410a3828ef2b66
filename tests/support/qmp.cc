// SPDX-License-Identifier: Apache-2.0
#include "tests/support/qmp.h"

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <nlohmann/json.hpp>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "common/files.h"
#include "common/status_macros.h"

namespace roxlab {
namespace {

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
