// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_SERVER_HTTP_RESPONSE_HEADER_H_
#define ROXLAB_SERVER_HTTP_RESPONSE_HEADER_H_

#include <string>

#include "server/http/message.h"

namespace roxlab {

// Status line and header of an answer, with the empty line: the response's own fields, what all
// answers have (the page may use nothing but what comes from here, be framed by nobody, and no
// content is guessed), and how its end is told.
std::string ResponseHeader(const HttpResponse& response, bool keep_alive, bool chunked);

}  // namespace roxlab

#endif  // ROXLAB_SERVER_HTTP_RESPONSE_HEADER_H_
