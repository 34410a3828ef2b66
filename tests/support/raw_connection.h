// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_TESTS_SUPPORT_RAW_CONNECTION_H_
#define ROXLAB_TESTS_SUPPORT_RAW_CONNECTION_H_

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <string>

#include "absl/strings/match.h"
#include "absl/strings/string_view.h"
#include "common/files.h"

namespace roxlab {

// A TCP connection to a loopback port, for requests that no HTTP library would send. Whatever takes
// longer than half a minute fails.
class RawConnection {
 public:
  explicit RawConnection(uint16_t port) : fd_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(port);
    const timeval limit = {30, 0};
    setsockopt(fd_.get(), SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    EXPECT_EQ(connect(fd_.get(), reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  }

  // False when the other side does not take it any more.
  bool Send(absl::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t n = send(fd_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (n <= 0) return false;
      bytes.remove_prefix(static_cast<size_t>(n));
    }
    return true;
  }
  // Everything from the beginning until `text` has come; until the end of the connection when it
  // does not.
  const std::string& ReadUntil(absl::string_view text) {
    while (!absl::StrContains(received_, text) && ReadMore()) {
    }
    return received_;
  }
  const std::string& ReadAll() {
    while (ReadMore()) {
    }
    return received_;
  }
  // Forgets what was read.
  void Forget() { received_.clear(); }

 private:
  bool ReadMore() {
    char bytes[4096];
    const ssize_t n = recv(fd_.get(), bytes, sizeof bytes, 0);
    EXPECT_TRUE(n >= 0 || errno == ECONNRESET) << "nothing came for half a minute";
    if (n > 0) received_.append(bytes, static_cast<size_t>(n));
    return n > 0;
  }

  UniqueFd fd_;
  std::string received_;
};

}  // namespace roxlab

#endif  // ROXLAB_TESTS_SUPPORT_RAW_CONNECTION_H_
