// SPDX-License-Identifier: Apache-2.0
#include "server/http/static_files.h"

#include <iterator>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/files.h"
#include "common/hash.h"
#include "server/http/gzip.h"

namespace roxlab {
namespace fs = std::filesystem;
namespace {

constexpr char kIndex[] = "/index.html";
constexpr uint64_t kLargest = 64u << 20;

const char* TypeOf(const fs::path& file) {
  static const auto& types = *new std::map<std::string, const char*>{
      {".html", "text/html; charset=utf-8"},
      {".js", "text/javascript; charset=utf-8"},
      {".css", "text/css; charset=utf-8"},
      {".json", "application/json"},
      {".map", "application/json"},
      {".txt", "text/plain; charset=utf-8"},
      {".svg", "image/svg+xml"},
      {".png", "image/png"},
      {".ico", "image/x-icon"},
      {".webmanifest", "application/manifest+json"},
      {".woff2", "font/woff2"},
  };
  const auto found = types.find(file.extension().string());
  return found == types.end() ? "application/octet-stream" : found->second;
}

// "/experiments/3f0a": no dot in the last part.
bool IsPageOfTheDashboard(absl::string_view path) {
  return !absl::StrContains(path.substr(path.rfind('/') + 1), '.');
}

}  // namespace

std::map<std::string, fs::path> StaticFiles::List() const {
  std::map<std::string, fs::path> files;
  std::error_code error;
  for (fs::recursive_directory_iterator it(directory_, error), end; !error && it != end;
       it.increment(error)) {
    std::error_code ignored;
    if (fs::is_regular_file(it->symlink_status(ignored)))
      files[absl::StrCat("/", it->path().lexically_relative(directory_).string())] = it->path();
  }
  return files;
}

HttpResponse StaticFiles::Missing() const {
  return TextResponse(
      503, absl::StrCat("The dashboard's files are missing: there is no ", directory_.string(),
                        kIndex, ".\n\"./lab build\" in a checkout makes them in build/web; the ",
                        "setting \"web\" of roxlabd (--web DIRECTORY) says where they are."));
}

HttpResponse StaticFiles::Get(const HttpRequest& request) const {
  const std::map<std::string, fs::path> files = List();
  auto file = files.find(request.path);
  if (file == files.end() && IsPageOfTheDashboard(request.path)) {
    file = files.find(kIndex);
    if (file == files.end()) return Missing();
  }
  if (file == files.end()) return TextResponse(404, "not found");

  HttpResponse response;
  const bool immutable = absl::StartsWith(file->first, "/assets/");
  response.headers = {
      {"Content-Type", TypeOf(file->second)},
      {"Cache-Control", immutable ? "public, max-age=31536000, immutable" : "no-cache"}};
  auto sent = files.find(file->first + ".gz");
  if (sent != files.end()) response.headers.emplace_back("Vary", "Accept-Encoding");
  if (sent != files.end() && AcceptsGzip(request.header("accept-encoding"))) {
    response.headers.emplace_back("Content-Encoding", "gzip");
  } else {
    sent = file;
  }
  absl::StatusOr<std::string> content = ReadFile(sent->second, kLargest);
  if (!content.ok()) return TextResponse(404, "not found");
  const std::string etag = absl::StrCat("\"", Sha256Hex(*content).substr(0, 32), "\"");
  response.headers.emplace_back("ETag", etag);
  if (request.header("if-none-match") == etag) {
    response.status = 304;
  } else {
    response.body = *std::move(content);
  }
  return response;
}

}  // namespace roxlab
