// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_SERVER_HTTP_CONNECT_ERROR_H_
#define ROXLAB_SERVER_HTTP_CONNECT_ERROR_H_

#include <string>

#include "absl/status/status.h"
#include "server/http/message.h"

namespace roxlab {

// Errors as the Connect protocol has them (https://connectrpc.com/docs/protocol, "Error codes").

// The code's HTTP status for unary calls.
int HttpStatusOf(absl::StatusCode code);

// {"code": ..., "message": ...}; without details, since the lab's errors have none.
std::string ConnectErrorJson(const absl::Status& status);

// A whole unary answer.
HttpResponse ConnectErrorResponse(const absl::Status& status);
// With another HTTP status than the code's.
HttpResponse ConnectErrorResponse(const absl::Status& status, int http_status);

}  // namespace roxlab

#endif  // ROXLAB_SERVER_HTTP_CONNECT_ERROR_H_
