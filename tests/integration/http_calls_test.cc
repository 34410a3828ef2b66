// SPDX-License-Identifier: Apache-2.0
//
// Unary calls over HTTP.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "common/process.h"
#include "server/http/gzip.h"
#include "tests/support/http_fixture.h"

namespace roxlab {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;

class HttpCallsTest : public HttpTest {
 protected:
  // The code that an answer gives, after a look at its form.
  static std::string Code(const httplib::Result& answer, int status) {
    EXPECT_TRUE(answer) << httplib::to_string(answer.error());
    if (!answer) return "";
    EXPECT_EQ(answer->status, status) << answer->body;
    EXPECT_EQ(answer->get_header_value("Content-Type"), "application/json");
    const json error = json::parse(answer->body);
    EXPECT_FALSE(error["message"].get<std::string>().empty());
    return error["code"];
  }
};

TEST_F(HttpCallsTest, AnExperimentIsSubmittedAndReadInJson) {
  const auto submitted = Post("SubmitExperiment", R"({"spec": {"name": "quick", "variants":
      ["stock"], "machines": ["qemu-a"], "workloads": ["boot"], "seeds": ["1-3"]}})");
  ASSERT_TRUE(submitted);
  ASSERT_EQ(submitted->status, 200) << submitted->body;
  EXPECT_EQ(submitted->get_header_value("Content-Type"), "application/json");
  const std::string id = json::parse(submitted->body)["experiment"]["id"];
  EXPECT_EQ(Get(id).runs_size(), 3);  // As gRPC has it.

  const auto read =
      Post("GetExperiment", json{{"id", id}}.dump(), {}, "application/json; charset=utf-8");
  ASSERT_EQ(read->status, 200);
  EXPECT_EQ(json::parse(read->body)["runs"].size(), 3u);
}

TEST_F(HttpCallsTest, TheBinaryFormIsSpokenToo) {
  const std::string id = Submit(TestExperiment())->experiment().id();
  v1::GetExperimentRequest request;
  request.set_id(id);
  const auto answer = Post("GetExperiment", request.SerializeAsString(), {}, "application/proto");
  ASSERT_EQ(answer->status, 200);
  EXPECT_EQ(answer->get_header_value("Content-Type"), "application/proto");
  v1::GetExperimentResponse response;
  ASSERT_TRUE(response.ParseFromString(answer->body));
  EXPECT_EQ(response.experiment().id(), id);
  EXPECT_EQ(Code(Post("GetExperiment", "\xff\xff", {}, "application/proto"), 400),
            "invalid_argument");
}

TEST_F(HttpCallsTest, CurlWorksAsTheReadmeSays) {
  Command command;
  command.argv = {"curl",
                  "-s",
                  "-H",
                  "Content-Type: application/json",
                  "-d",
                  R"({"pageSize": 1})",
                  absl::StrCat("http://", authority(), "/roxlab.v1.Lab/ListExperiments")};
  const std::string id = Submit(TestExperiment())->experiment().id();
  const auto result = RunAndRead(command);
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_EQ(json::parse(*result)["experiments"][0]["id"], id);
}

TEST_F(HttpCallsTest, WhatTheServerSaysIsToldWithItsCode) {
  const auto answer = Post("GetExperiment", R"({"id": "ffff"})");
  EXPECT_EQ(Code(answer, 404), "not_found");
  EXPECT_THAT(answer->body, HasSubstr("ffff"));
}

TEST_F(HttpCallsTest, OnlyMethodsOfLabAreKnown) {
  EXPECT_EQ(Code(Post("GetExperimant", "{}"), 404), "unimplemented");
  for (const char* path :
       {"/roxlab.v1.RunnerHub/Synchronize", "/roxlab.v1.Artifacts/Upload",
        "/grpc.health.v1.Health/Check", "/", "/roxlab.v1.Lab/", "/roxlab.v1.Lab/GetRun/"}) {
    EXPECT_EQ(Code(Client().Post(path, "{}", "application/json"), 404), "unimplemented") << path;
  }
}

TEST_F(HttpCallsTest, AFieldThatIsWrongIsNamed) {
  const auto unknown = Post("GetExperiment", R"({"idd": "3f"})");
  EXPECT_EQ(Code(unknown, 400), "invalid_argument");
  EXPECT_THAT(unknown->body, HasSubstr("idd"));
  for (const char* body :
       {"", "{", "[]", R"({"id": 1})", "\xff", "{\"id\": \"\xff\"}", "null null"})
    EXPECT_EQ(Code(Post("GetExperiment", body), 400), "invalid_argument") << body;
  // Nothing that is nested deeply enough to fill a stack.
  EXPECT_EQ(Code(Post("GetExperiment", std::string(1'000'000, '[')), 400), "invalid_argument");
}

TEST_F(HttpCallsTest, TheContentTypeSaysHowToRead) {
  for (const char* type : {"text/plain", "application/x-www-form-urlencoded",
                           "application/connect+json", "application/grpc"}) {
    const auto answer = Post("GetExperiment", "{}", {}, type);
    EXPECT_EQ(Code(answer, 415), "invalid_argument") << type;
    EXPECT_EQ(answer->get_header_value("Accept-Post"), "application/json, application/proto");
  }
}

TEST_F(HttpCallsTest, AnotherHttpMethodIsRefused) {
  for (const char* method : {"PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "BREW", "GET"}) {
    RawConnection connection(port());
    connection.Send(absl::StrCat(method,
                                 " /roxlab.v1.Lab/GetRun HTTP/1.1\r\nHost: localhost\r\n"
                                 "Connection: close\r\n\r\n"));
    EXPECT_THAT(connection.ReadAll(), HasSubstr("HTTP/1.1 405 ")) << method;
    EXPECT_THAT(connection.ReadAll(), HasSubstr("\r\nAllow: POST\r\n"));
  }
}

TEST_F(HttpCallsTest, TheProtocolsVersionIsCheckedWhereItIsSaid) {
  EXPECT_EQ(Post("ListRunners", "{}", {{"Connect-Protocol-Version", "1"}})->status, 200);
  EXPECT_EQ(Code(Post("ListRunners", "{}", {{"Connect-Protocol-Version", "2"}}), 400),
            "invalid_argument");
}

TEST_F(HttpCallsTest, ATimeoutIsKept) {
  EXPECT_EQ(Post("ListRunners", "{}", {{"Connect-Timeout-Ms", "30000"}})->status, 200);
  EXPECT_EQ(Code(Post("ListRunners", "{}", {{"Connect-Timeout-Ms", "0"}}), 504),
            "deadline_exceeded");
  for (const char* wrong : {"-1", "soon", "1.5", "12345678901"}) {
    EXPECT_EQ(Code(Post("ListRunners", "{}", {{"Connect-Timeout-Ms", wrong}}), 400),
              "invalid_argument")
        << wrong;
  }
}

TEST_F(HttpCallsTest, ARequestMayBePacked) {
  const std::string id = Submit(TestExperiment())->experiment().id();
  const std::string request = json{{"id", id}}.dump();
  EXPECT_EQ(Post("GetExperiment", Gzip(request), {{"Content-Encoding", "gzip"}})->status, 200);
  EXPECT_EQ(Post("GetExperiment", request, {{"Content-Encoding", "identity"}})->status, 200);
  EXPECT_EQ(Code(Post("GetExperiment", request, {{"Content-Encoding", "gzip"}}), 400),
            "invalid_argument");
  EXPECT_EQ(Code(Post("GetExperiment", request, {{"Content-Encoding", "br"}}), 501),
            "unimplemented");
  // What is small only until it is unpacked.
  EXPECT_EQ(Code(Post("GetExperiment", Gzip(std::string(kLargestMessage + 1, ' ')),
                      {{"Content-Encoding", "gzip"}}),
                 429),
            "resource_exhausted");
}

TEST_F(HttpCallsTest, ALargeAnswerIsPackedForThoseWhoTakeIt) {
  v1::ExperimentSpec spec = TestExperiment();
  spec.set_seeds(0, "1-50");
  const std::string request = json{{"id", Submit(spec)->experiment().id()}}.dump();
  httplib::Client client = Client();
  client.set_decompress(false);
  const char* path = "/roxlab.v1.Lab/GetExperiment";
  const auto plain = client.Post(path, request, "application/json");
  const auto packed =
      client.Post(path, {{"Accept-Encoding", "br, gzip;q=0.5"}}, request, "application/json");
  EXPECT_EQ(plain->get_header_value("Content-Encoding"), "");
  ASSERT_EQ(packed->get_header_value("Content-Encoding"), "gzip");
  EXPECT_EQ(packed->get_header_value("Vary"), "Accept-Encoding");
  EXPECT_EQ(*Gunzip(packed->body, kLargestMessage), plain->body);
  EXPECT_LT(packed->body.size(), plain->body.size() / 4);
  const auto refused =
      client.Post(path, {{"Accept-Encoding", "gzip;q=0"}}, request, "application/json");
  EXPECT_EQ(refused->get_header_value("Content-Encoding"), "");
}

TEST_F(HttpCallsTest, ABodyThatIsTooLargeIsRefusedBeforeItIsSent) {
  RawConnection connection(port());
  connection.Send(
      absl::StrCat("POST /roxlab.v1.Lab/GetRun HTTP/1.1\r\nHost: localhost\r\n"
                   "Content-Type: application/json\r\nContent-Length: ",
                   kLargestMessage + 1, "\r\n\r\n{"));
  EXPECT_THAT(connection.ReadAll(), HasSubstr("HTTP/1.1 429 "));
  EXPECT_THAT(connection.ReadAll(), HasSubstr(R"("code":"resource_exhausted")"));
  // Whoever sends it at once still gets to read why it was refused.
  EXPECT_EQ(Code(Post("GetRun", std::string(kLargestMessage + 1, ' ')), 429), "resource_exhausted");
}

TEST_F(HttpCallsTest, ABodyMayWaitUntilItIsAskedFor) {
  RawConnection connection(port());
  connection.Send(
      "POST /roxlab.v1.Lab/ListRunners HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\n"
      "Content-Type: application/json\r\nContent-Length: 2\r\nConnection: close\r\n\r\n");
  EXPECT_EQ(connection.ReadUntil("\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");
  connection.Send("{}");
  EXPECT_THAT(connection.ReadAll(), HasSubstr("HTTP/1.1 200 OK\r\n"));
}

TEST_F(HttpCallsTest, ManyCallsGoOverOneConnection) {
  RawConnection connection(port());
  const std::string request =
      "POST /roxlab.v1.Lab/ListRunners HTTP/1.1\r\nHost: localhost\r\n"
      "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n";
  for (int i = 0; i < 20; ++i) {
    connection.Send(request);
    EXPECT_THAT(connection.ReadUntil("{}"), HasSubstr("HTTP/1.1 200 OK\r\n"));
    connection.Forget();
  }
  // Also when they are sent without waiting.
  connection.Send(absl::StrCat(request, request));
  EXPECT_THAT(connection.ReadUntil("{}HTTP/1.1 200 OK"), HasSubstr("{}HTTP/1.1 200 OK"));
}

}  // namespace
}  // namespace roxlab
