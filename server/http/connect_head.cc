// SPDX-License-Identifier: Apache-2.0
#include "server/http/connect_head.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "absl/time/clock.h"
#include "roxlab/v1/lab.pb.h"
#include "server/http/connect_error.h"
#include "server/http/envelope.h"
#include "server/http/gzip.h"

namespace roxlab {
namespace {

using google::protobuf::MethodDescriptor;

constexpr size_t kMaxTimeoutDigits = 10;  // The protocol's.

const MethodDescriptor* FindMethod(absl::string_view path) {
  const auto* lab = v1::CompareRequest::descriptor()->file()->FindServiceByName("Lab");
  if (!absl::ConsumePrefix(&path, absl::StrCat("/", lab->full_name(), "/"))) return nullptr;
  const MethodDescriptor* method = lab->FindMethodByName(std::string(path));
  return method == nullptr || method->client_streaming() ? nullptr : method;
}

// Without parameters such as charset.
std::string MediaType(const HttpRequest& request) {
  const absl::string_view type = request.header("content-type");
  return absl::AsciiStrToLower(absl::StripAsciiWhitespace(type.substr(0, type.find(';'))));
}

HttpResponse WithHeader(HttpResponse response, const char* name, std::string value) {
  response.headers.emplace_back(name, std::move(value));
  return response;
}

HttpResponse WrongType(const HttpRequest& request, const ConnectHead& head) {
  const std::string json = ContentType(head.stream(), Codec::kJson);
  const std::string proto = ContentType(head.stream(), Codec::kProto);
  const absl::Status status = absl::InvalidArgumentError(
      absl::StrCat("content type '", request.header("content-type").substr(0, 100),
                   "': ", head.method->name(), " takes ", json, " and ", proto));
  return WithHeader(ConnectErrorResponse(status, 415), "Accept-Post",
                    absl::StrCat(json, ", ", proto));
}

absl::Status ReadTimeout(const HttpRequest& request, ConnectHead* head) {
  const absl::string_view text = request.header("connect-timeout-ms");
  if (text.empty()) return absl::OkStatus();
  int64_t timeout = 0;
  if (text.size() > kMaxTimeoutDigits ||
      !std::all_of(text.begin(), text.end(), absl::ascii_isdigit) ||
      !absl::SimpleAtoi(text, &timeout)) {
    return absl::InvalidArgumentError(absl::StrCat("connect-timeout-ms: '", text.substr(0, 100),
                                                   "' is not a number of at most ten digits"));
  }
  head->deadline = absl::Now() + absl::Milliseconds(timeout);
  return absl::OkStatus();
}

absl::Status ReadEncoding(const HttpRequest& request, ConnectHead* head) {
  const absl::string_view encoding =
      request.header(head->stream() ? "connect-content-encoding" : "content-encoding");
  head->request_gzip = encoding == "gzip";
  if (encoding.empty() || encoding == "identity" || head->request_gzip) return absl::OkStatus();
  return absl::UnimplementedError(absl::StrCat("encoding '", encoding.substr(0, 100),
                                               "': only gzip and identity are understood"));
}

absl::Status CheckVersion(const HttpRequest& request) {
  const absl::string_view version = request.header("connect-protocol-version");
  if (version.empty() || version == "1") return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("connect-protocol-version: '", version.substr(0, 100), "' is not 1"));
}

absl::Status ReadFields(const HttpRequest& request, ConnectHead* head) {
  absl::Status status = CheckVersion(request);
  status.Update(ReadTimeout(request, head));
  status.Update(ReadEncoding(request, head));
  head->accepts_gzip = AcceptsGzip(request.header("accept-encoding"));
  return status;
}

}  // namespace

std::string ContentType(bool stream, Codec codec) {
  return absl::StrCat("application/", stream ? "connect+" : "",
                      codec == Codec::kJson ? "json" : "proto");
}

std::variant<ConnectHead, HttpResponse> ReadConnectHead(const HttpRequest& request) {
  ConnectHead head;
  head.method = FindMethod(request.path);
  if (head.method == nullptr) {
    return ConnectErrorResponse(
        absl::UnimplementedError(absl::StrCat("no method ", request.path.substr(0, 200))), 404);
  }
  if (request.method != "POST") {
    return WithHeader(
        ConnectErrorResponse(absl::UnimplementedError("methods are called by POST"), 405), "Allow",
        "POST");
  }
  const std::string type = MediaType(request);
  if (type == ContentType(head.stream(), Codec::kProto)) {
    head.codec = Codec::kProto;
  } else if (type != ContentType(head.stream(), Codec::kJson)) {
    return WrongType(request, head);
  }
  if (absl::Status status = ReadFields(request, &head); !status.ok())
    return CallFailure(head, status);
  return head;
}

HttpResponse CallFailure(const ConnectHead& head, const absl::Status& status) {
  if (!head.stream()) return ConnectErrorResponse(status);
  HttpResponse response;
  response.headers = {{"Content-Type", ContentType(true, head.codec)},
                      {"Cache-Control", "no-store"}};
  response.body = EndOfStreamEnvelope(status);
  return response;
}

}  // namespace roxlab
