// SPDX-License-Identifier: Apache-2.0
#include "server/http/guard.h"

#include <arpa/inet.h>

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

namespace roxlab {
namespace {

// The name in HOST or HOST:PORT, without the brackets of an IPv6 address; empty when it is neither.
absl::string_view NameOf(absl::string_view authority) {
  const size_t bracket = authority.find(']');
  const bool v6 = absl::StartsWith(authority, "[") && bracket != absl::string_view::npos;
  const size_t colon = authority.find(':', v6 ? bracket : 0);
  const absl::string_view name = authority.substr(0, colon);
  if (colon != absl::string_view::npos) {
    const absl::string_view port = authority.substr(colon + 1);
    if (!std::all_of(port.begin(), port.end(), absl::ascii_isdigit)) return {};
  }
  return v6 ? name.substr(1, name.size() - 2) : name;
}

bool IsIpAddress(const std::string& name) {
  in6_addr address;
  return inet_pton(AF_INET, name.c_str(), &address) == 1 ||
         inet_pton(AF_INET6, name.c_str(), &address) == 1;
}

bool IsOurs(absl::string_view host, absl::string_view own_name) {
  const absl::string_view name = NameOf(host);
  if (name.empty()) return false;
  return absl::EqualsIgnoreCase(name, "localhost") || absl::EqualsIgnoreCase(name, own_name) ||
         IsIpAddress(std::string(name));
}

// Whether an Origin header says the scheme and authority under which the lab was asked.
bool IsSameOrigin(absl::string_view origin, absl::string_view host) {
  return (absl::ConsumePrefix(&origin, "http://") || absl::ConsumePrefix(&origin, "https://")) &&
         absl::EqualsIgnoreCase(origin, host);
}

}  // namespace

absl::Status CheckSource(const HttpRequest& request, absl::string_view own_name, bool tls) {
  const absl::string_view host = request.header("host");
  if (!tls && !IsOurs(host, own_name)) {
    return absl::PermissionDeniedError(
        absl::StrCat("Host '", host.substr(0, 100), "': ask by IP address or as localhost"));
  }
  if (request.method == "GET" || request.method == "HEAD") return absl::OkStatus();
  const absl::string_view origin = request.header("origin");
  const bool foreign = !origin.empty() && !IsSameOrigin(origin, host);
  if (foreign || request.header("sec-fetch-site") == "cross-site")
    return absl::PermissionDeniedError("a page of another origin may not call the lab");
  return absl::OkStatus();
}

}  // namespace roxlab
