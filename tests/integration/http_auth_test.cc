// SPDX-License-Identifier: Apache-2.0
//
// The HTTP port of a server with TLS.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <httplib.h>

#include <memory>
#include <string>

#include "absl/strings/ascii.h"
#include "nlohmann/json.hpp"
#include "tests/support/certificates.h"
#include "tests/support/http_fixture.h"

namespace roxlab {
namespace {

using ::testing::HasSubstr;

class HttpAuthTest : public HttpTest {
 protected:
  void SetUp() override {
    more_settings_.set_tls_certificate(certificates_.Crt("lab"));
    more_settings_.set_tls_key(certificates_.Key("lab"));
    ASSERT_TRUE(MakeDirectories(home_.path() / "web").ok());
    ASSERT_TRUE(WriteFileAtomically(home_.path() / "web" / "index.html", "<p>page").ok());
    HttpTest::SetUp();
    token_ =
        std::string(absl::StripAsciiWhitespace(*ReadFile(home_.path() / "home" / "admin.token")));
  }
  std::unique_ptr<httplib::SSLClient> Secure() {
    auto client = std::make_unique<httplib::SSLClient>("localhost", port());
    client->set_ca_cert_path(certificates_.Crt("lab").c_str());
    client->set_read_timeout(30);
    client->set_keep_alive(true);
    return client;
  }
  static httplib::Headers Bearer(const std::string& token) {
    return {{"Authorization", "Bearer " + token}};
  }

  Certificates certificates_;
  std::string token_;
};

constexpr char kWho[] = "/roxlab.v1.Lab/WhoAmI";
constexpr char kJson[] = "application/json";

TEST_F(HttpAuthTest, ThePageIsForEverybodyAndWhatItShowsIsNot) {
  const auto client = Secure();
  EXPECT_EQ(client->Get("/")->body, "<p>page");
  EXPECT_EQ(client->Get("/healthz")->status, 200);
  const std::string artifact = "/artifacts/" + std::string(64, 'a');
  for (const char* token : {"", "roxlab_0123"}) {
    EXPECT_EQ(client->Post(kWho, Bearer(token), "{}", kJson)->status, 401);
    EXPECT_EQ(client->Get(artifact, Bearer(token))->status, 401);
    EXPECT_EQ(client->Get("/metrics", Bearer(token))->status, 401);
  }
  EXPECT_THAT(client->Post(kWho, "{}", kJson)->body, HasSubstr("\"unauthenticated\""));
  EXPECT_THAT(client->Post(kWho, Bearer(token_), "{}", kJson)->body, HasSubstr("\"admin\""));
  EXPECT_EQ(client->Get(artifact, Bearer(token_))->status, 404);
}

TEST_F(HttpAuthTest, ACallIsItsTokensWhateverTheProtocol) {
  const auto client = Secure();
  const auto made = client->Post("/roxlab.v1.Lab/CreateToken", Bearer(token_),
                                 R"({"name":"ann","role":"ROLE_VIEWER"})", kJson);
  ASSERT_EQ(made->status, 200) << made->body;
  const std::string ann = nlohmann::json::parse(made->body)["secret"];
  EXPECT_THAT(client->Post(kWho, Bearer(ann), "{}", kJson)->body, HasSubstr("\"ann\""));
  const auto refused =
      client->Post("/roxlab.v1.Lab/CancelExperiment", Bearer(ann), R"({"id":"1"})", kJson);
  EXPECT_EQ(refused->status, 403);
  EXPECT_THAT(refused->body, HasSubstr("needs the role submitter"));
  const auto entries = client->Post("/roxlab.v1.Lab/ListAudit", Bearer(token_), "{}", kJson)->body;
  EXPECT_THAT(entries, HasSubstr("CreateToken"));
  EXPECT_THAT(entries, HasSubstr("\"peer\":\"127.0.0.1:"));
  // Streams as well.
  const auto watch = client->Post("/roxlab.v1.Lab/WatchChanges", Bearer("roxlab_x"), Frame(0, "{}"),
                                  "application/connect+json");
  EXPECT_EQ(watch->status, 401);
}

TEST_F(HttpAuthTest, ABrowserKeepsTheTokenInACookieThatNoScriptSees) {
  const auto client = Secure();
  EXPECT_EQ(client->Post("/session", Bearer("roxlab_x"), "", kJson)->status, 401);
  EXPECT_EQ(client->Get("/session")->status, 405);
  const auto signed_in = client->Post("/session", Bearer(token_), "", kJson);
  ASSERT_EQ(signed_in->status, 204) << signed_in->body;
  const std::string cookie = signed_in->get_header_value("Set-Cookie");
  EXPECT_EQ(cookie, "__Host-roxlab=" + token_ + "; Path=/; Secure; HttpOnly; SameSite=Strict");
  const httplib::Headers with = {{"Cookie", "a=b; " + cookie.substr(0, cookie.find(';'))}};
  EXPECT_THAT(client->Post(kWho, with, "{}", kJson)->body, HasSubstr("\"admin\""));
  EXPECT_EQ(client->Get("/artifacts/" + std::string(64, 'a'), with)->status, 404);
  EXPECT_THAT(client->Delete("/session", with)->get_header_value("Set-Cookie"),
              HasSubstr("Max-Age=0"));
}

TEST_F(HttpAuthTest, APageOfAnotherOriginMayNotUseTheCookie) {
  const auto client = Secure();
  const httplib::Headers headers = {{"Cookie", "__Host-roxlab=" + token_},
                                    {"Origin", "https://evil.example"}};
  EXPECT_EQ(client->Post(kWho, headers, "{}", kJson)->status, 403);
  EXPECT_EQ(client->Delete("/session", headers)->status, 403);
}

// The name is the certificate's business.
TEST_F(HttpAuthTest, AnyNameIsAnswered) {
  const auto client = Secure();
  EXPECT_EQ(client->Get("/", httplib::Headers{{"Host", "lab.example.org"}})->status, 200);
}

TEST_F(HttpAuthTest, AClientWithoutTlsGetsNothing) {
  RawConnection connection(port());
  connection.Send("GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n");
  EXPECT_THAT(connection.ReadAll(), Not(HasSubstr("200")));
}

TEST_F(HttpAuthTest, LargeAnswersAndManyRequestsOfOneConnectionAreWhole) {
  const std::string large(3 << 20, 'x');
  ASSERT_TRUE(WriteFileAtomically(home_.path() / "web" / "large.js", large).ok());
  RestartServer();
  const auto client = Secure();
  for (int i = 0; i < 5; ++i) {
    EXPECT_EQ(client->Get("/")->body, "<p>page");
    EXPECT_TRUE(client->Get("/large.js")->body == large);
  }
}

TEST_F(HttpAuthTest, TheServerEndsWhileClientsAreConnected) {
  const auto client = Secure();
  ASSERT_EQ(client->Get("/healthz")->status, 200);
  RawConnection silent(port());  // Never begins with TLS.
  server_->Shutdown();
}

}  // namespace
}  // namespace roxlab
