// SPDX-License-Identifier: Apache-2.0
#include "server/auth/reach.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>

#include <memory>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace roxlab {
namespace {

bool IsLoopback(const sockaddr* address) {
  if (address->sa_family == AF_INET)
    return ntohl(reinterpret_cast<const sockaddr_in*>(address)->sin_addr.s_addr) >> 24 == 127;
  return address->sa_family == AF_INET6 &&
         IN6_IS_ADDR_LOOPBACK(&reinterpret_cast<const sockaddr_in6*>(address)->sin6_addr);
}

}  // namespace

std::string HostOf(const std::string& address) {
  std::string host = address.substr(0, address.rfind(':'));
  if (absl::StartsWith(host, "[") && absl::EndsWith(host, "]"))
    return host.substr(1, host.size() - 2);
  return host;
}

absl::Status CheckReach(const char* setting, const std::string& address) {
  if (absl::StartsWith(address, "unix:")) return absl::OkStatus();
  addrinfo hints = {};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  if (int error = getaddrinfo(HostOf(address).c_str(), nullptr, &hints, &found); error != 0) {
    return absl::InvalidArgumentError(
        absl::StrCat(setting, ": cannot find ", HostOf(address), ": ", gai_strerror(error)));
  }
  const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> list(found, freeaddrinfo);
  for (const addrinfo* one = found; one != nullptr; one = one->ai_next) {
    if (IsLoopback(one->ai_addr)) continue;
    return absl::InvalidArgumentError(absl::StrCat(
        setting, ": ", address, " can be reached from other machines, and a lab without TLS lets ",
        "everybody do everything: give tls_certificate and tls_key, or listen on 127.0.0.1:PORT "
        "and ",
        "reach it from elsewhere through ssh -L PORT:127.0.0.1:PORT"));
  }
  return absl::OkStatus();
}

}  // namespace roxlab
