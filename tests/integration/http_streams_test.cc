// SPDX-License-Identifier: Apache-2.0
//
// Server streams over HTTP.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <nlohmann/json.hpp>
#include <thread>

#include "server/http/gzip.h"
#include "tests/support/http_fixture.h"

namespace roxlab {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kEnd[] = "0\r\n\r\n";  // Of a body in chunks.

class HttpStreamsTest : public HttpTest {
 protected:
  void SetUp() override {
    HttpTest::SetUp();
    v1::ExperimentSpec spec = TestExperiment();
    spec.clear_variants();
    spec.clear_expect();
    spec.add_variants("stock");
    id_ = Submit(spec)->experiment().id();
  }

  struct Message {
    uint8_t flags;
    std::string text;
  };
  // The frames of a body; a failure when it ends within one.
  static std::vector<Message> Frames(absl::string_view body) {
    std::vector<Message> frames;
    while (body.size() >= 5) {
      size_t size = 0;
      for (size_t i = 1; i < 5; ++i) size = size << 8 | static_cast<uint8_t>(body[i]);
      frames.push_back({static_cast<uint8_t>(body[0]), std::string(body.substr(5, size))});
      body.remove_prefix(std::min(body.size(), 5 + size));
    }
    EXPECT_TRUE(body.empty());
    return frames;
  }
  // The whole stream of a call in `type`.
  std::vector<Message> Call(const char* method, const std::string& body,
                            const httplib::Headers& headers = {},
                            const char* type = "application/connect+json") {
    const auto answer = Post(method, body, headers, type);
    EXPECT_TRUE(answer) << httplib::to_string(answer.error());
    if (!answer) return {};
    EXPECT_EQ(answer->status, 200) << answer->body;
    EXPECT_EQ(answer->get_header_value("Content-Type"), type);
    return Frames(answer->body);
  }
  // The code in the only frame, the end of the stream.
  std::string Failure(const char* method, const std::string& body,
                      const httplib::Headers& headers = {}) {
    const std::vector<Message> frames = Call(method, body, headers);
    EXPECT_EQ(frames.size(), 1u);
    if (frames.size() != 1) return "";
    EXPECT_EQ(frames[0].flags, 2);
    return json::parse(frames[0].text)["error"]["code"];
  }

  std::string id_;
};

TEST_F(HttpStreamsTest, AWatcherSeesTheExperimentToItsEnd) {
  const auto watcher = Watch(id_);
  EXPECT_THAT(watcher->ReadUntil("QUEUED"), HasSubstr("\r\nTransfer-Encoding: chunked\r\n"));
  FakeRunner runner = MakeRunner("r1");
  DoAllWork(runner, id_, [](const v1::Run&) { return 1; });
  const std::string& stream = watcher->ReadUntil(kEnd);
  EXPECT_THAT(stream, HasSubstr(R"("state":"DONE")"));
  EXPECT_THAT(stream, HasSubstr(std::string("\x02\0\0\0\x02{}\r\n", 9)));
  // The connection serves the next call.
  watcher->Forget();
  watcher->Send(StreamRequest("WatchExperiment", R"({"id":"ffff"})"));
  EXPECT_THAT(watcher->ReadUntil("not_found"), HasSubstr("not_found"));
}

TEST_F(HttpStreamsTest, TheBinaryFormIsSpokenToo) {
  FakeRunner runner = MakeRunner("r1");
  ASSERT_TRUE(runner.WaitForJobs(1).ok());
  const std::string log(300'000, 'x');
  for (size_t sent = 0; sent < log.size(); sent += 50'000)
    ASSERT_TRUE(runner.AppendLog(runner.job().id(), sent, log.substr(sent, 50'000)).ok());
  v1::ReadLogRequest request;
  request.set_id(runner.job().build().build());
  const auto frames =
      Call("ReadLog", Frame(0, request.SerializeAsString()), {}, "application/connect+proto");
  std::string read;
  ASSERT_GE(frames.size(), 2u);
  for (size_t i = 0; i + 1 < frames.size(); ++i) {
    v1::LogChunk chunk;
    ASSERT_TRUE(chunk.ParseFromString(frames[i].text));
    EXPECT_EQ(frames[i].flags, 0);
    EXPECT_EQ(chunk.offset(), read.size());
    read += chunk.data();
  }
  EXPECT_EQ(read, log);
  EXPECT_EQ(frames.back().flags, 2);
  EXPECT_EQ(frames.back().text, "{}");
}

TEST_F(HttpStreamsTest, AFailureIsToldAtTheEnd) {
  EXPECT_EQ(Failure("WatchExperiment", Frame(0, R"({"id":"ffff"})")), "not_found");
  EXPECT_EQ(Failure("WatchExperiment", Frame(0, R"({"idd":"ffff"})")), "invalid_argument");
  EXPECT_EQ(Failure("WatchExperiment", Frame(0, "{}"), {{"Connect-Protocol-Version", "2"}}),
            "invalid_argument");
}

TEST_F(HttpStreamsTest, ARequestIsExactlyOneFrame) {
  const std::string request = Frame(0, R"({"id":"ffff"})");
  for (const std::string& wrong :
       {std::string(), std::string("\0\0", 2), request.substr(0, request.size() - 1),
        request + request, request + "x", Frame(1, R"({"id":"ffff"})"), Frame(2, "{}"),
        Frame(0x80, "{}"), std::string("{\"id\":\"ffff\"}")}) {
    EXPECT_EQ(Failure("WatchExperiment", wrong), "invalid_argument");
  }
}

TEST_F(HttpStreamsTest, AFrameMayBePacked) {
  const httplib::Headers gzip = {{"Connect-Content-Encoding", "gzip"}};
  EXPECT_EQ(Failure("WatchExperiment", Frame(1, Gzip(R"({"id":"ffff"})")), gzip), "not_found");
  EXPECT_EQ(Failure("WatchExperiment", Frame(0, R"({"id":"ffff"})"), gzip), "not_found");
  EXPECT_EQ(Failure("WatchExperiment", Frame(0, "{}"), {{"Connect-Content-Encoding", "zstd"}}),
            "unimplemented");
}

TEST_F(HttpStreamsTest, AUnaryContentTypeIsRefused) {
  EXPECT_EQ(Post("WatchExperiment", "{}")->status, 415);
}

TEST_F(HttpStreamsTest, ATimeoutEndsTheStream) {
  const auto watcher = Watch(id_, "Connect-Timeout-Ms: 200\r\n");
  EXPECT_THAT(watcher->ReadUntil(kEnd), HasSubstr("deadline_exceeded"));
}

TEST_F(HttpStreamsTest, AnOldClientGetsItsStreamToTheEndOfTheConnection) {
  const std::string body = Frame(0, R"({"id":"ffff"})");
  RawConnection connection(port());
  connection.Send(absl::StrCat(
      "POST /roxlab.v1.Lab/WatchExperiment HTTP/1.0\r\nHost: localhost\r\n",
      "Content-Type: application/connect+json\r\nContent-Length: ", body.size(), "\r\n\r\n", body));
  EXPECT_THAT(connection.ReadAll(), HasSubstr("not_found"));
  EXPECT_THAT(connection.ReadAll(), Not(HasSubstr("Transfer-Encoding")));
}

// As many as there may be; who waits does not hold up who asks. A stream of a client that has gone
// makes room for another one.
TEST_F(HttpStreamsTest, StreamsHoldUpNobodyAndAreBounded) {
  std::vector<std::unique_ptr<RawConnection>> streams;
  for (int i = 0; i < 300; ++i) streams.push_back(Watch(id_));
  for (const auto& stream : streams) ASSERT_THAT(stream->ReadUntil("QUEUED"), HasSubstr("QUEUED"));

  const auto start = std::chrono::steady_clock::now();
  for (int i = 0; i < 20; ++i) EXPECT_EQ(Post("ListRunners", "{}")->status, 200);
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(5));
  EXPECT_EQ(Failure("WatchExperiment", Frame(0, absl::StrCat(R"({"id":")", id_, "\"}"))),
            "resource_exhausted");

  streams.erase(streams.begin(), streams.begin() + 10);
  const absl::Time end = absl::Now() + absl::Seconds(30);
  std::unique_ptr<RawConnection> next;
  do {
    next = Watch(id_, "Connection: close\r\n");  // Ends when it is refused.
  } while (!absl::StrContains(next->ReadUntil("\"state\":"), "QUEUED") && absl::Now() < end);
  EXPECT_THAT(next->ReadUntil("QUEUED"), HasSubstr("QUEUED"));
}

TEST_F(HttpStreamsTest, AConnectionThatWaitsMakesRoomForAnother) {
  std::vector<std::unique_ptr<RawConnection>> connections;
  for (int i = 0; i < 600; ++i) connections.push_back(std::make_unique<RawConnection>(port()));
  EXPECT_EQ(Fetch("/healthz")->status, 200);
  EXPECT_EQ(connections[0]->ReadAll(), "");
}

TEST_F(HttpStreamsTest, ConnectionsAreBounded) {
  const std::string half_a_request =
      "POST /roxlab.v1.Lab/ListRunners HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\n"
      "Content-Type: application/json\r\nContent-Length: 2\r\n\r\n";
  std::vector<std::unique_ptr<RawConnection>> connections;
  for (int i = 0; i < 600; ++i) {
    connections.push_back(std::make_unique<RawConnection>(port()));
    connections.back()->Send(half_a_request);
    connections.back()->ReadUntil("100 Continue\r\n\r\n");
  }
  RawConnection refused(port());
  EXPECT_THAT(refused.ReadAll(), HasSubstr("HTTP/1.1 503 "));
  connections[7]->Send("{}");
  EXPECT_THAT(connections[7]->ReadUntil("{}"), HasSubstr("HTTP/1.1 200 OK"));
  EXPECT_EQ(Fetch("/healthz")->status, 200);
}

TEST_F(HttpStreamsTest, AShutdownTellsThoseWhoWatch) {
  const auto watcher = Watch(id_), other = Watch(id_);
  RawConnection idle(port());
  watcher->ReadUntil("QUEUED");
  other->ReadUntil("QUEUED");
  const auto start = std::chrono::steady_clock::now();
  server_->Shutdown();
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(4));
  EXPECT_THAT(watcher->ReadAll(), HasSubstr(R"({"error":{"code":"unavailable")"));
  EXPECT_THAT(other->ReadAll(), testing::EndsWith(kEnd));
  EXPECT_EQ(idle.ReadAll(), "");
}

// Whoever does not read holds one message, and nobody up: not the shutdown either.
TEST_F(HttpStreamsTest, AClientThatDoesNotReadIsLeftBehind) {
  FakeRunner runner = MakeRunner("r1");
  ASSERT_TRUE(runner.WaitForJobs(1).ok());
  const std::string chunk(60'000, 'x');
  uint64_t size = 0;
  for (int i = 0; i < 400; ++i) size = *runner.AppendLog(runner.job().id(), size, chunk);
  RawConnection connection(port());
  connection.Send(
      StreamRequest("ReadLog", absl::StrCat(R"({"id":")", runner.job().build().build(), "\"}")));
  connection.ReadUntil("\r\n\r\n");
  EXPECT_EQ(Post("ListRunners", "{}")->status, 200);
  server_->Shutdown();
}

}  // namespace
}  // namespace roxlab
