// SPDX-License-Identifier: Apache-2.0
//
// What the HTTP port refuses, and what it says of itself.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "tests/support/http_fixture.h"

namespace roxlab {
namespace {

using ::testing::HasSubstr;

class HttpGuardTest : public HttpTest {
 protected:
  // The first line of the answer.
  std::string Ask(absl::string_view head, absl::string_view body = "") const {
    RawConnection connection(port());
    connection.Send(absl::StrCat(head, "\r\nConnection: close\r\nContent-Length: ", body.size(),
                                 "\r\n\r\n", body));
    const std::string answer = connection.ReadAll();
    return answer.substr(0, answer.find("\r\n"));
  }
  std::string Get(const std::string& headers) const {
    return Ask("GET /healthz HTTP/1.1\r\n" + headers);
  }
  std::string Call(const std::string& headers) const {
    return Ask(
        "POST /roxlab.v1.Lab/ListRunners HTTP/1.1\r\nContent-Type: application/json\r\n" + headers,
        "{}");
  }
  absl::Status StartAt(const std::string& http) {
    v1::ServerSettings settings;
    settings.set_home((home_.path() / "other").string());
    settings.set_listen("127.0.0.1:0");
    settings.set_http(http);
    return Server::Start(settings, clock_,
                         [this]() -> absl::StatusOr<v1::Catalog> { return catalog_; })
        .status();
  }
};

constexpr char kOk[] = "HTTP/1.1 200 OK";
constexpr char kForbidden[] = "HTTP/1.1 403 Forbidden";

// A name that somebody else can point at this machine (DNS rebinding).
TEST_F(HttpGuardTest, OnlyTheLabsOwnNamesAreAnswered) {
  for (const char* host : {"localhost", "LOCALHOST:80", "127.0.0.1", "127.0.0.1:7311", "[::1]",
                           "[::1]:7311", "10.0.0.7:7311"}) {
    EXPECT_EQ(Get(absl::StrCat("Host: ", host)), kOk) << host;
  }
  for (const char* host : {"evil.example", "evil.example:7311", "localhost.evil.example",
                           "127.0.0.1.evil.example", "127.0.0.1:80@evil.example", "", "::1", "[::1",
                           "[::1]x", ":80", "127.0.0.1:x", "127.1", "localhost, localhost"}) {
    EXPECT_EQ(Get(absl::StrCat("Host: ", host)), kForbidden) << host;
  }
  EXPECT_EQ(Get("Host: localhost\r\nHost: localhost"), kForbidden);
  EXPECT_EQ(Get("X-Host: localhost"), kForbidden);
}

TEST_F(HttpGuardTest, AnotherOriginsPageMayNotCall) {
  EXPECT_EQ(Call("Host: localhost:7311"), kOk);
  EXPECT_EQ(Call("Host: localhost:7311\r\nOrigin: http://localhost:7311"), kOk);
  EXPECT_EQ(Call("Host: localhost:7311\r\nSec-Fetch-Site: same-origin"), kOk);
  for (const char* origin :
       {"http://evil.example", "http://localhost:3000", "http://localhost", "https://evil.example",
        "null", "localhost:7311", "ftp://localhost:7311", "http://localhost:7311.evil.example",
        "http://127.0.0.1:7311"}) {
    EXPECT_EQ(Call(absl::StrCat("Host: localhost:7311\r\nOrigin: ", origin)), kForbidden) << origin;
  }
  EXPECT_EQ(Call("Host: localhost:7311\r\nSec-Fetch-Site: cross-site"), kForbidden);
}

TEST_F(HttpGuardTest, EveryAnswerHasTheHeaders) {
  for (const char* request :
       {"GET / HTTP/1.1\r\nHost: localhost", "GET /healthz HTTP/1.1\r\nHost: localhost",
        "GET /nothing.js HTTP/1.1\r\nHost: localhost", "GET / HTTP/1.1\r\nHost: evil.example",
        "GET /artifacts/x HTTP/1.1\r\nHost: localhost", "PUT / HTTP/1.1\r\nHost: localhost",
        "POST /x HTTP/1.1\r\nHost: localhost", "no HTTP",
        "GET / HTTP/1.1\r\nHost: localhost\r\nno field",
        "POST /roxlab.v1.Lab/WatchExperiment HTTP/1.1\r\nHost: localhost\r\nContent-Type: "
        "application/connect+json"}) {
    RawConnection connection(port());
    connection.Send(absl::StrCat(request, "\r\nConnection: close\r\n\r\n"));
    const std::string& answer = connection.ReadAll();
    EXPECT_THAT(answer, HasSubstr("\r\nContent-Security-Policy: default-src 'self'; style-src "
                                  "'self'; img-src 'self' data:; connect-src 'self'; object-src "
                                  "'none'; base-uri 'none'; frame-ancestors 'none'; form-action "
                                  "'none'\r\n"))
        << request;
    EXPECT_THAT(answer, HasSubstr("\r\nX-Content-Type-Options: nosniff\r\n"));
    EXPECT_THAT(answer, HasSubstr("\r\nReferrer-Policy: no-referrer\r\n"));
    EXPECT_THAT(answer, HasSubstr("\r\nCross-Origin-Opener-Policy: same-origin\r\n"));
    EXPECT_THAT(answer, testing::Not(HasSubstr("Access-Control-")));
  }
}

TEST_F(HttpGuardTest, WhatIsNoHttpIsRefused) {
  EXPECT_EQ(Ask("hello"), "HTTP/1.1 400 Bad Request");
  EXPECT_EQ(Ask("GET / HTTP/3.0\r\nHost: localhost"), "HTTP/1.1 400 Bad Request");
  EXPECT_EQ(Ask("GET / HTTP/1.1\r\nHost: localhost\r\nX: " + std::string(20'000, 'x')),
            "HTTP/1.1 431 Request Header Fields Too Large");
}

TEST_F(HttpGuardTest, TheAddressIsKeptInAFileWhileTheServerRuns) {
  const std::filesystem::path file = home_.path() / "home" / "server.http";
  EXPECT_EQ(*ReadFile(file), authority() + "\n");
  server_->Shutdown();
  EXPECT_FALSE(std::filesystem::exists(file));
}

TEST_F(HttpGuardTest, ItCanBeSwitchedOff) {
  http_ = "off";
  RestartServer();
  EXPECT_EQ(authority(), "");
  EXPECT_FALSE(std::filesystem::exists(home_.path() / "home" / "server.http"));
}

TEST_F(HttpGuardTest, TheOtherLoopbackAddressesWork) {
  EXPECT_TRUE(StartAt("localhost:0").ok());
  EXPECT_TRUE(StartAt("127.0.0.2:0").ok());
}

TEST_F(HttpGuardTest, AnAddressThatDoesNotWorkIsExplained) {
  for (const char* http : {"0.0.0.0:0", "[::]:0", "192.0.2.1:7311"})
    EXPECT_THAT(std::string(StartAt(http).message()), HasSubstr("can be reached from other"))
        << http;
  for (const char* http : {"7311", "127.0.0.1", ":7311", "127.0.0.1:http", "127.0.0.1:70000", "on"})
    EXPECT_THAT(std::string(StartAt(http).message()), HasSubstr("is not host:port")) << http;
  EXPECT_THAT(std::string(StartAt(authority()).message()), HasSubstr("--http off"));
  EXPECT_EQ(StartAt(authority()).code(), absl::StatusCode::kUnavailable);
}

}  // namespace
}  // namespace roxlab
