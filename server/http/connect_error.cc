// SPDX-License-Identifier: Apache-2.0
#include "server/http/connect_error.h"

#include <nlohmann/json.hpp>

namespace roxlab {
namespace {

struct Code {
  absl::StatusCode code;
  const char* name;
  int http_status;
};

constexpr Code kCodes[] = {
    {absl::StatusCode::kCancelled, "canceled", 499},
    {absl::StatusCode::kUnknown, "unknown", 500},
    {absl::StatusCode::kInvalidArgument, "invalid_argument", 400},
    {absl::StatusCode::kDeadlineExceeded, "deadline_exceeded", 504},
    {absl::StatusCode::kNotFound, "not_found", 404},
    {absl::StatusCode::kAlreadyExists, "already_exists", 409},
    {absl::StatusCode::kPermissionDenied, "permission_denied", 403},
    {absl::StatusCode::kResourceExhausted, "resource_exhausted", 429},
    {absl::StatusCode::kFailedPrecondition, "failed_precondition", 400},
    {absl::StatusCode::kAborted, "aborted", 409},
    {absl::StatusCode::kOutOfRange, "out_of_range", 400},
    {absl::StatusCode::kUnimplemented, "unimplemented", 501},
    {absl::StatusCode::kInternal, "internal", 500},
    {absl::StatusCode::kUnavailable, "unavailable", 503},
    {absl::StatusCode::kDataLoss, "data_loss", 500},
    {absl::StatusCode::kUnauthenticated, "unauthenticated", 401},
};

const Code& Find(absl::StatusCode code) {
  for (const Code& known : kCodes)
    if (known.code == code) return known;
  return kCodes[1];
}

}  // namespace

int HttpStatusOf(absl::StatusCode code) { return Find(code).http_status; }

std::string ConnectErrorJson(const absl::Status& status) {
  const nlohmann::ordered_json error = {{"code", Find(status.code()).name},
                                        {"message", std::string(status.message())}};
  // A message may hold bytes that a client sent.
  return error.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

HttpResponse ConnectErrorResponse(const absl::Status& status) {
  return ConnectErrorResponse(status, HttpStatusOf(status.code()));
}

HttpResponse ConnectErrorResponse(const absl::Status& status, int http_status) {
  HttpResponse response;
  response.status = http_status;
  response.headers = {{"Content-Type", "application/json"}, {"Cache-Control", "no-store"}};
  response.body = ConnectErrorJson(status);
  return response;
}

}  // namespace roxlab
