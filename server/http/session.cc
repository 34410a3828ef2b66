// SPDX-License-Identifier: Apache-2.0
#include "server/http/session.h"

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "server/http/connect_error.h"

namespace roxlab {
namespace {

// The prefix makes the browser refuse such a cookie from anything but this host over TLS (RFC
// 6265bis, 4.1.3.2).
constexpr absl::string_view kCookie = "__Host-roxlab=";
// As long as the browser runs.
constexpr char kAttributes[] = "; Path=/; Secure; HttpOnly; SameSite=Strict";

HttpResponse NoContent(std::string cookie) {
  HttpResponse response;
  response.status = 204;
  response.headers = {{"Set-Cookie", std::move(cookie)}, {"Cache-Control", "no-store"}};
  return response;
}

}  // namespace

std::string AuthorizationOf(const HttpRequest& request) {
  if (const absl::string_view header = request.header("authorization"); !header.empty())
    return std::string(header);
  for (absl::string_view cookie : absl::StrSplit(request.header("cookie"), ';')) {
    cookie = absl::StripAsciiWhitespace(cookie);
    if (absl::ConsumePrefix(&cookie, kCookie)) return absl::StrCat("Bearer ", cookie);
  }
  return "";
}

HttpResponse AnswerSession(const Gate& gate, const HttpRequest& request) {
  if (request.method == "DELETE")
    return NoContent(absl::StrCat(kCookie, "; Max-Age=0", kAttributes));
  if (request.method != "POST") {
    HttpResponse response = TextResponse(405, "POST signs in, DELETE signs out");
    response.headers.emplace_back("Allow", "POST, DELETE");
    return response;
  }
  absl::string_view authorization = request.header("authorization");
  if (const auto caller = gate.Find(authorization); !caller.ok())
    return ConnectErrorResponse(caller.status());
  // What Find knows has no character that means anything in a cookie.
  const absl::string_view secret = authorization.substr(authorization.find_last_of(" \t") + 1);
  return NoContent(absl::StrCat(kCookie, secret, kAttributes));
}

}  // namespace roxlab
