// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_SERVER_HTTP_SESSION_H_
#define ROXLAB_SERVER_HTTP_SESSION_H_

#include <string>

#include "server/auth/gate.h"
#include "server/http/message.h"

namespace roxlab {

// Signing in with a browser. A page cannot add a header to a link, and what its scripts can read
// others may steal; so the browser keeps the token in a cookie that only the server sees.
inline constexpr char kSessionPath[] = "/session";

// The token that came with a request, as an Authorization header: that of a program, or the
// cookie's.
std::string AuthorizationOf(const HttpRequest& request);

// POST with an Authorization header sets the cookie (204, or 401 with why not); DELETE takes it
// away.
HttpResponse AnswerSession(const Gate& gate, const HttpRequest& request);

}  // namespace roxlab

#endif  // ROXLAB_SERVER_HTTP_SESSION_H_
