// SPDX-License-Identifier: Apache-2.0
//
// The dashboard's files and artifacts.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "server/http/gzip.h"
#include "tests/support/http_fixture.h"

namespace roxlab {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using ::testing::Not;

class HttpFilesTest : public HttpTest {
 protected:
  void SetUp() override {
    Write("home/secret.txt", "secret");
    Write("web/index.html", "<html>the dashboard</html>");
    Write("web/assets/main.3f.js", "console.log(1)");
    Write("web/assets/main.3f.js.gz", Gzip("console.log(1)"));
    Write("web/assets/main.3f.css", "body {}");
    HttpTest::SetUp();
  }

  void Write(const fs::path& file, absl::string_view content) {
    fs::create_directories((home_.path() / file).parent_path());
    ASSERT_TRUE(WriteFileAtomically(home_.path() / file, content).ok());
  }
  // What a GET of the target, as it is, gives.
  std::string RawGet(absl::string_view target) const {
    RawConnection connection(port());
    connection.Send(
        absl::StrCat("GET ", target, " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"));
    return connection.ReadAll();
  }
  std::string Store(absl::string_view content) {
    return server_->lab().store().Put("x", content)->sha256();
  }
};

TEST_F(HttpFilesTest, TheDashboardIsServed) {
  const auto index = Fetch("/");
  ASSERT_EQ(index->status, 200);
  EXPECT_EQ(index->body, "<html>the dashboard</html>");
  EXPECT_EQ(index->get_header_value("Content-Type"), "text/html; charset=utf-8");
  EXPECT_EQ(index->get_header_value("Cache-Control"), "no-cache");
  const auto style = Fetch("/assets/main.3f.css");
  EXPECT_EQ(style->body, "body {}");
  EXPECT_EQ(style->get_header_value("Content-Type"), "text/css; charset=utf-8");
  EXPECT_THAT(style->get_header_value("Cache-Control"), HasSubstr("immutable"));
}

TEST_F(HttpFilesTest, ThePagesOfTheDashboardAreItsOwn) {
  for (const char* path :
       {"/experiments/3f0a", "/runs", "/?x=1", "/experiments/3f0a?tab=a.b", "//"})
    EXPECT_EQ(Fetch(path)->body, "<html>the dashboard</html>") << path;
  for (const char* path : {"/nothing.js", "/assets/main.4a.js", "/favicon.ico", "/index.html/x.y"})
    EXPECT_EQ(Fetch(path)->status, 404) << path;
}

TEST_F(HttpFilesTest, APackedFileIsSentToThoseWhoTakeIt) {
  httplib::Client client = Client();
  client.set_decompress(false);
  const auto packed = client.Get("/assets/main.3f.js", {{"Accept-Encoding", "gzip, deflate, br"}});
  EXPECT_EQ(packed->get_header_value("Content-Encoding"), "gzip");
  EXPECT_EQ(packed->get_header_value("Content-Type"), "text/javascript; charset=utf-8");
  EXPECT_EQ(*Gunzip(packed->body, 1000), "console.log(1)");
  const auto plain = client.Get("/assets/main.3f.js");
  EXPECT_EQ(plain->get_header_value("Content-Encoding"), "");
  EXPECT_EQ(plain->get_header_value("Vary"), "Accept-Encoding");
  EXPECT_EQ(plain->body, "console.log(1)");
}

TEST_F(HttpFilesTest, AFileThatIsKnownIsNotSentAgain) {
  const auto first = Fetch("/");
  const auto second = Fetch("/", {{"If-None-Match", first->get_header_value("ETag")}});
  EXPECT_EQ(second->status, 304);
  EXPECT_EQ(second->body, "");
  Write("web/index.html", "<html>a new build</html>");
  EXPECT_EQ(Fetch("/", {{"If-None-Match", first->get_header_value("ETag")}})->body,
            "<html>a new build</html>");
}

TEST_F(HttpFilesTest, HeadIsGetWithoutTheBody) {
  const std::string sha256 = Store("content");
  for (const std::string& path : {std::string("/"), absl::StrCat("/artifacts/", sha256)}) {
    RawConnection connection(port());
    connection.Send(absl::StrCat("HEAD ", path, " HTTP/1.1\r\nHost: localhost\r\n\r\n"));
    EXPECT_THAT(
        connection.ReadUntil("\r\n\r\n"),
        HasSubstr(path == "/" ? "\r\nContent-Length: 26\r\n" : "\r\nContent-Length: 7\r\n"));
    connection.Forget();
    connection.Send("GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    EXPECT_THAT(connection.ReadAll(), testing::StartsWith("HTTP/1.1 200 OK\r\n"));
  }
}

TEST_F(HttpFilesTest, MissingFilesAreExplained) {
  fs::remove_all(home_.path() / "web");
  const auto index = Fetch("/");
  EXPECT_EQ(index->status, 503);
  EXPECT_THAT(index->body, HasSubstr((home_.path() / "web/index.html").string()));
  EXPECT_THAT(index->body, HasSubstr("./lab build"));
  EXPECT_EQ(Fetch("/healthz")->body, "ok\n");
}

TEST_F(HttpFilesTest, NothingOutsideIsReached) {
  fs::create_symlink(home_.path() / "home", home_.path() / "web/home");
  fs::create_symlink(home_.path() / "home/secret.txt", home_.path() / "web/link.txt");
  const std::string absolute = (home_.path() / "home/secret.txt").string();
  for (const std::string& target :
       {std::string("/../home/secret.txt"), std::string("/assets/../../home/secret.txt"),
        std::string("/%2e%2e/home/secret.txt"), std::string("/..%2fhome%2fsecret.txt"),
        std::string("/assets/..%5c..%5chome%5csecret.txt"), absolute, "/" + absolute,
        "file://" + absolute, std::string("../home/secret.txt"), std::string("/home/secret.txt"),
        std::string("/link.txt"), std::string("/index.html%00.txt"),
        std::string("/artifacts/../../home/secret.txt"),
        std::string("/index.html/../../home/secret.txt"), std::string("/./index.html"),
        std::string("/assets/./main.3f.js")}) {
    const std::string answer = RawGet(target);
    EXPECT_THAT(answer, testing::StartsWith("HTTP/1.1 4")) << target;
    EXPECT_THAT(answer, Not(HasSubstr("\r\n\r\nsecret"))) << target;
  }
  const std::string nul("/index.html\0.txt", 16);
  EXPECT_THAT(RawGet(nul), testing::StartsWith("HTTP/1.1 400 "));
}

TEST_F(HttpFilesTest, AnArtifactIsADownload) {
  const std::string content(1'000'000, 'a'), sha256 = Store(content);
  const auto named = Fetch(absl::StrCat("/artifacts/", sha256, "/Image"));
  ASSERT_EQ(named->status, 200);
  EXPECT_EQ(named->body, content);
  EXPECT_EQ(named->get_header_value("Content-Type"), "application/octet-stream");
  EXPECT_EQ(named->get_header_value("Content-Disposition"), "attachment; filename=\"Image\"");
  EXPECT_EQ(named->get_header_value("ETag"), absl::StrCat("\"", sha256, "\""));
  EXPECT_THAT(named->get_header_value("Cache-Control"), HasSubstr("immutable"));
  EXPECT_EQ(Fetch(absl::StrCat("/artifacts/", sha256))->get_header_value("Content-Disposition"),
            absl::StrCat("attachment; filename=\"", sha256, "\""));
  EXPECT_EQ(Fetch(absl::StrCat("/artifacts/", sha256),
                  {{"If-None-Match", absl::StrCat("\"", sha256, "\"")}})
                ->status,
            304);
  EXPECT_EQ(Fetch(absl::StrCat("/artifacts/", Store("")))->body, "");
}

TEST_F(HttpFilesTest, OnlyTextIsCalledText) {
  const std::string path = absl::StrCat("/artifacts/", Store("<script>alert(1)</script>"), "/");
  for (const char* name : {"console.log", "a.txt", "a.json", "config", "System.map"}) {
    EXPECT_EQ(Fetch(path + name)->get_header_value("Content-Type"), "text/plain; charset=utf-8");
  }
  for (const char* name : {"a.html", "a.svg", "a.js", "Image", "txt", "a.txt.html"}) {
    const auto answer = Fetch(path + name);
    EXPECT_EQ(answer->get_header_value("Content-Type"), "application/octet-stream") << name;
    EXPECT_THAT(answer->get_header_value("Content-Disposition"),
                testing::StartsWith("attachment;"));
    EXPECT_EQ(answer->get_header_value("X-Content-Type-Options"), "nosniff");
  }
}

TEST_F(HttpFilesTest, PartsOfAnArtifactAreServed) {
  const std::string path = absl::StrCat("/artifacts/", Store("0123456789"));
  const std::map<std::string, std::pair<std::string, std::string>> parts = {
      {"bytes=0-3", {"0123", "bytes 0-3/10"}},
      {"bytes=4-", {"456789", "bytes 4-9/10"}},
      {"bytes=-2", {"89", "bytes 8-9/10"}},
      {"bytes=9-99", {"9", "bytes 9-9/10"}},
      {"bytes=-99", {"0123456789", "bytes 0-9/10"}}};
  for (const auto& [range, expected] : parts) {
    const auto answer = Fetch(path, {{"Range", range}});
    EXPECT_EQ(answer->status, 206) << range;
    EXPECT_EQ(answer->body, expected.first) << range;
    EXPECT_EQ(answer->get_header_value("Content-Range"), expected.second);
  }
  for (const char* range : {"bytes=10-", "bytes=99-100", "bytes=-0"}) {
    const auto answer = Fetch(path, {{"Range", range}});
    EXPECT_EQ(answer->status, 416) << range;
    EXPECT_EQ(answer->get_header_value("Content-Range"), "bytes */10");
  }
  // No range, or none that is served: everything.
  for (const char* range : {"bytes=3-1", "bytes=0-1,4-5", "lines=1-2", "bytes=a-b", "bytes=-", "x",
                            "bytes=18446744073709551616-"}) {
    const auto answer = Fetch(path, {{"Range", range}});
    EXPECT_EQ(answer->status, 200) << range;
    EXPECT_EQ(answer->body, "0123456789");
  }
  EXPECT_EQ(Fetch(path, {{"Range", "bytes=0-3"}, {"If-Range", "\"another\""}})->body, "0123456789");
}

TEST_F(HttpFilesTest, HostileArtifactsAreRefused) {
  const std::string sha256 = Store("content"), path = absl::StrCat("/artifacts/", sha256, "/");
  for (const std::string& name :
       {std::string(), std::string(".."), std::string("a/b"), std::string(".hidden"),
        std::string("a%22;x=%22"), std::string("a%0d%0aX-Evil:1"), std::string("a;b"),
        std::string("a,b"), std::string(101, 'a')}) {
    EXPECT_THAT(RawGet(path + name), testing::StartsWith("HTTP/1.1 400 ")) << name;
  }
  EXPECT_THAT(RawGet(path + "a\"b"), testing::StartsWith("HTTP/1.1 400 "));
  for (const std::string& hash : {std::string("x"), std::string(64, 'A'), std::string(63, 'a'),
                                  std::string("../lab.db"), sha256.substr(0, 60) + "/../"}) {
    EXPECT_THAT(RawGet("/artifacts/" + hash), testing::StartsWith("HTTP/1.1 400 ")) << hash;
  }
  EXPECT_EQ(Fetch("/artifacts/" + std::string(64, 'a'))->status, 404);
}

}  // namespace
}  // namespace roxlab
