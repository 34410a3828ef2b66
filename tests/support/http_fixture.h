// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_TESTS_SUPPORT_HTTP_FIXTURE_H_
#define ROXLAB_TESTS_SUPPORT_HTTP_FIXTURE_H_

#include <httplib.h>

#include <memory>
#include <string>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "tests/support/raw_connection.h"
#include "tests/support/server_fixture.h"

namespace roxlab {

// A real server whose HTTP port listens too.
class HttpTest : public ServerTest {
 protected:
  void SetUp() override {
    http_ = "127.0.0.1:0";
    ServerTest::SetUp();
  }

  // host:port.
  const std::string& authority() const { return server_->http_address(); }
  uint16_t port() const {
    uint32_t port = 0;
    EXPECT_TRUE(absl::SimpleAtoi(authority().substr(authority().rfind(':') + 1), &port));
    return static_cast<uint16_t>(port);
  }
  httplib::Client Client() const {
    httplib::Client client("127.0.0.1", port());
    client.set_read_timeout(30);
    client.set_url_encode(false);
    return client;
  }
  httplib::Result Fetch(const std::string& path, const httplib::Headers& headers = {}) const {
    return Client().Get(path, headers);
  }
  // A call of a method of Lab, in JSON.
  httplib::Result Post(const std::string& method, const std::string& body,
                       const httplib::Headers& headers = {},
                       const char* type = "application/json") const {
    return Client().Post(absl::StrCat("/roxlab.v1.Lab/", method), headers, body, type);
  }

  static std::string Frame(uint8_t flags, absl::string_view message) {
    std::string frame(1, static_cast<char>(flags));
    for (int shift = 24; shift >= 0; shift -= 8)
      frame.push_back(static_cast<char>(message.size() >> shift & 0xff));
    return absl::StrCat(frame, message);
  }
  // The text of a request for a stream, whose answer comes in chunks.
  static std::string StreamRequest(const std::string& method, absl::string_view json,
                                   const std::string& headers = "") {
    const std::string body = Frame(0, json);
    return absl::StrCat(
        "POST /roxlab.v1.Lab/", method,
        " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/connect+json\r\n", headers,
        "Content-Length: ", body.size(), "\r\n\r\n", body);
  }
  // A connection on which an experiment is watched.
  std::unique_ptr<RawConnection> Watch(const std::string& id,
                                       const std::string& headers = "") const {
    auto connection = std::make_unique<RawConnection>(port());
    connection->Send(
        StreamRequest("WatchExperiment", absl::StrCat(R"({"id":")", id, "\"}"), headers));
    return connection;
  }
};

}  // namespace roxlab

#endif  // ROXLAB_TESTS_SUPPORT_HTTP_FIXTURE_H_
