// SPDX-License-Identifier: Apache-2.0
#include "server/http/artifact_files.h"

#include <memory>
#include <optional>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "common/hash.h"
#include "common/names.h"
#include "server/http/byte_range.h"
#include "server/http/file_source.h"

namespace roxlab {
namespace {

constexpr char kPrefix[] = "/artifacts/";

bool IsText(absl::string_view name) {
  return absl::EndsWith(name, ".txt") || absl::EndsWith(name, ".json") ||
         absl::EndsWith(name, ".log") || name == "config" || name == "System.map";
}

void AddHeaders(const std::string& sha256, const std::string& name, HttpResponse* response) {
  response->headers = {
      {"Content-Type", IsText(name) ? "text/plain; charset=utf-8" : "application/octet-stream"},
      {"Content-Disposition", absl::StrCat("attachment; filename=\"", name, "\"")},
      {"Accept-Ranges", "bytes"},
      {"ETag", absl::StrCat("\"", sha256, "\"")},
      {"Cache-Control", "private, max-age=31536000, immutable"}};
}

HttpResponse NotSatisfiable(uint64_t size) {
  HttpResponse response = TextResponse(416, absl::StrCat("there are ", size, " bytes"));
  response.headers.emplace_back("Content-Range", absl::StrCat("bytes */", size));
  return response;
}

}  // namespace

bool ArtifactFiles::Serves(absl::string_view path) { return absl::StartsWith(path, kPrefix); }

HttpResponse ArtifactFiles::Get(const HttpRequest& request) const {
  const absl::string_view rest = absl::StripPrefix(request.path, kPrefix);
  const size_t slash = rest.find('/');
  const std::string sha256(rest.substr(0, slash));
  const std::string name(slash == absl::string_view::npos ? sha256 : rest.substr(slash + 1));
  if (!IsSha256Hex(sha256)) return TextResponse(400, "no SHA-256 in lower-case hex");
  if (!IsValidName(name)) {
    return TextResponse(400,
                        "a name for the file has 1 to 100 of A-Z a-z 0-9 . _ -, "
                        "the first a letter or digit");
  }
  const absl::StatusOr<uint64_t> size = store_.Size(sha256);
  if (!size.ok()) return TextResponse(404, absl::StrCat("no artifact ", sha256));
  absl::StatusOr<UniqueFd> fd = store_.OpenForReading(sha256);
  if (!fd.ok()) return TextResponse(503, fd.status().message());

  HttpResponse response;
  AddHeaders(sha256, name, &response);
  const std::string etag = absl::StrCat("\"", sha256, "\"");
  if (request.header("if-none-match") == etag) {
    response.status = 304;
    return response;
  }
  ByteRange range = {0, *size};
  const absl::string_view if_range = request.header("if-range");
  if (if_range.empty() || if_range == etag) {
    const auto asked = ReadRange(request.header("range"), *size);
    if (!asked.ok()) return NotSatisfiable(*size);
    if (asked->has_value()) {
      range = **asked;
      response.status = 206;
      response.headers.emplace_back(
          "Content-Range",
          absl::StrCat("bytes ", range.first, "-", range.first + range.length - 1, "/", *size));
    }
  }
  response.length = range.length;
  response.source = std::make_shared<FileSource>(pool_, *std::move(fd), range.first, range.length);
  return response;
}

}  // namespace roxlab
