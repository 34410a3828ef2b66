// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_SERVER_AUTH_REACH_H_
#define ROXLAB_SERVER_AUTH_REACH_H_

#include <string>

#include "absl/status/status.h"

namespace roxlab {

// Whether a server without TLS may listen on `address` (host:port or unix:PATH) of the setting
// `setting`: only where nobody from another machine comes, since it lets everybody do everything.
// INVALID_ARGUMENT says what to do instead. Asks the resolver, so it may take a moment.
absl::Status CheckReach(const char* setting, const std::string& address);

// The host of "host:port", without the brackets of an IPv6 address.
std::string HostOf(const std::string& address);

}  // namespace roxlab

#endif  // ROXLAB_SERVER_AUTH_REACH_H_
