// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_SERVER_HTTP_MESSAGE_H_
#define ROXLAB_SERVER_HTTP_MESSAGE_H_

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"

namespace roxlab {

// A request as the handlers see it.
struct HttpRequest {
  // The value of a header, whose name is given in lower case; empty when it is not there.
  absl::string_view header(const std::string& name) const {
    const auto found = headers.find(name);
    return found == headers.end() ? absl::string_view() : absl::string_view(found->second);
  }

  std::string method;
  // The target up to the query, as it was sent: percent signs are not decoded, since nothing that
  // the server has is named with one.
  std::string path;
  // By lower-case name; of a repeated header all values, with ", " between.
  std::map<std::string, std::string> headers;
  std::string body;
  // Where it came from, host:port.
  std::string peer;
  // The body is longer than the limit, and left out.
  bool body_too_large = false;
};

// A body that comes piece by piece, pulled: the next piece is asked for when the one before is on
// its way, so a slow client holds one piece in memory.
class BodySource {
 public:
  // A piece, or nothing: the end. An `aborted` end cuts the connection, so that the client sees
  // that something is missing.
  struct Piece {
    std::optional<std::string> bytes;
    bool aborted = false;
  };
  using Take = std::function<void(Piece)>;

  virtual ~BodySource() = default;
  // Calls `take` once, from any thread, maybe before it returns. Not called again before that.
  virtual void Next(Take take) = 0;
  // Nobody wants the rest; may come while Next is under way and more than once. Must not block.
  virtual void Cancel() {}
};

struct HttpResponse {
  int status = 200;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  // Instead of `body`; `length` where it is known, otherwise it is sent in chunks.
  std::shared_ptr<BodySource> source;
  std::optional<uint64_t> length;
};

// Called once, from any thread.
using Respond = std::function<void(HttpResponse)>;
// To be called, in any thread, when the client does not wait any more; harmless at any time.
using CancelCall = std::function<void()>;

// What answers requests. Thread-safe, and quick: the calls come from the one thread of all
// connections.
class HttpHandler {
 public:
  virtual ~HttpHandler() = default;
  // A request whose header has come and whose body has not: an answer here spares the body.
  virtual std::optional<HttpResponse> Refuse(const HttpRequest& head) = 0;
  // May be null: nothing to call off.
  virtual CancelCall Handle(HttpRequest request, Respond respond) = 0;
};

// An answer for people: one line of text.
HttpResponse TextResponse(int status, absl::string_view text);

}  // namespace roxlab

#endif  // ROXLAB_SERVER_HTTP_MESSAGE_H_
