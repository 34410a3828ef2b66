// SPDX-License-Identifier: Apache-2.0
#include "server/http/response_header.h"

#include <boost/beast/http/status.hpp>

#include "absl/strings/str_cat.h"

namespace roxlab {
namespace {

constexpr char kEverywhere[] =
    "Content-Security-Policy: default-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'; "
    "form-action 'none'\r\n"
    "X-Content-Type-Options: nosniff\r\n"
    "Referrer-Policy: no-referrer\r\n"
    "Cross-Origin-Opener-Policy: same-origin\r\n";

constexpr int kNotModified = 304;

}  // namespace

std::string ResponseHeader(const HttpResponse& response, bool keep_alive, bool chunked) {
  const auto reason = boost::beast::http::obsolete_reason(
      boost::beast::http::int_to_status(static_cast<unsigned>(response.status)));
  std::string header = absl::StrCat("HTTP/1.1 ", response.status, " ",
                                    absl::string_view(reason.data(), reason.size()), "\r\n");
  for (const auto& [name, value] : response.headers)
    absl::StrAppend(&header, name, ": ", value, "\r\n");
  absl::StrAppend(&header, kEverywhere);
  if (chunked) {
    absl::StrAppend(&header, "Transfer-Encoding: chunked\r\n");
  } else if (response.source == nullptr ? response.status != kNotModified
                                        : response.length.has_value()) {
    absl::StrAppend(&header, "Content-Length: ", response.length.value_or(response.body.size()),
                    "\r\n");
  }
  absl::StrAppend(&header, "Connection: ", keep_alive ? "keep-alive" : "close", "\r\n\r\n");
  return header;
}

HttpResponse TextResponse(int status, absl::string_view text) {
  HttpResponse response;
  response.status = status;
  response.headers = {{"Content-Type", "text/plain; charset=utf-8"}, {"Cache-Control", "no-store"}};
  response.body = absl::StrCat(text, "\n");
  return response;
}

}  // namespace roxlab
