// SPDX-License-Identifier: Apache-2.0
#include "board/tcp.h"

#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <memory>
#include <thread>

#include "absl/strings/str_cat.h"
#include "common/status_macros.h"

namespace roxlab {
namespace {

struct FreeAddresses {
  void operator()(addrinfo* list) const { freeaddrinfo(list); }
};
using Addresses = std::unique_ptr<addrinfo, FreeAddresses>;

// getaddrinfo() knows no deadline, so it gets a thread that may outlive the question.
struct Lookup {
  UniqueFd done{eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)};
  Addresses addresses;
  int error = 0;
};

absl::StatusOr<Addresses> Resolve(const std::string& host, uint32_t port, absl::Time deadline,
                                  const StopToken& stop) {
  auto lookup = std::make_shared<Lookup>();
  std::thread([lookup, host, service = absl::StrCat(port)] {
    addrinfo hints = {};
    hints.ai_socktype = SOCK_STREAM;
    addrinfo* list = nullptr;
    lookup->error = getaddrinfo(host.c_str(), service.c_str(), &hints, &list);
    lookup->addresses.reset(list);
    eventfd_write(lookup->done.get(), 1);
  }).detach();
  ROXLAB_RETURN_IF_ERROR(PollUntil(lookup->done.get(), POLLIN, deadline, stop));
  if (lookup->error != 0)
    return absl::UnavailableError(
        absl::StrCat("cannot find host '", host, "': ", gai_strerror(lookup->error)));
  return std::move(lookup->addresses);
}

void Set(int fd, int level, int option, int value) {
  setsockopt(fd, level, option, &value, sizeof value);
}

absl::Status Connect(int fd, const addrinfo& address, absl::Time deadline, const StopToken& stop) {
  if (connect(fd, address.ai_addr, address.ai_addrlen) == 0) return absl::OkStatus();
  if (errno != EINPROGRESS) return absl::UnavailableError(strerror(errno));
  ROXLAB_RETURN_IF_ERROR(PollUntil(fd, POLLOUT, deadline, stop));
  int error = 0;
  socklen_t size = sizeof error;
  getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size);
  return error == 0 ? absl::OkStatus() : absl::UnavailableError(strerror(error));
}

}  // namespace

absl::StatusOr<UniqueFd> ConnectTcp(const std::string& host, uint32_t port, absl::Time deadline,
                                    const StopToken& stop) {
  const std::string where = absl::StrCat(host, ":", port);
  absl::StatusOr<Addresses> addresses = Resolve(host, port, deadline, stop);
  if (!addresses.ok())
    return absl::Status(addresses.status().code(),
                        absl::StrCat(where, ": ", addresses.status().message()));
  absl::Status last = absl::UnavailableError("no address");
  for (const addrinfo* address = addresses->get(); address != nullptr; address = address->ai_next) {
    UniqueFd fd(socket(address->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (!fd.valid()) continue;
    last = Connect(fd.get(), *address, deadline, stop);
    if (last.ok()) {
      fcntl(fd.get(), F_SETFL, fcntl(fd.get(), F_GETFL) & ~O_NONBLOCK);
      Set(fd.get(), IPPROTO_TCP, TCP_NODELAY, 1);
      Set(fd.get(), SOL_SOCKET, SO_KEEPALIVE, 1);
      Set(fd.get(), IPPROTO_TCP, TCP_KEEPIDLE, 10);
      Set(fd.get(), IPPROTO_TCP, TCP_KEEPINTVL, 5);
      Set(fd.get(), IPPROTO_TCP, TCP_KEEPCNT, 4);
      Set(fd.get(), IPPROTO_TCP, TCP_USER_TIMEOUT, 30'000);
      return fd;
    }
    if (!absl::IsUnavailable(last)) break;
  }
  return absl::Status(last.code(), absl::StrCat("cannot reach ", where, ": ", last.message()));
}

}  // namespace roxlab
