// SPDX-License-Identifier: Apache-2.0
#include "server/http/connection.h"

#include <poll.h>

#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/http/read.hpp>
#include <chrono>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "server/http/response_header.h"

namespace roxlab {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using std::chrono::seconds;

// A browser keeps a connection for its next request; a header that has begun must come in that
// time too.
constexpr seconds kHeaderTime(60);
constexpr seconds kBodyTime(120);
// For one piece: a client that takes nothing for so long is gone.
constexpr seconds kSendTime(30);
constexpr seconds kLingerTime(2);
constexpr seconds kWatchInterval(1);
constexpr uint32_t kHeaderLimit = 16u << 10;

absl::string_view View(beast::string_view text) { return {text.data(), text.size()}; }

std::string ChunkHeader(size_t bytes) { return absl::StrCat(absl::Hex(bytes), "\r\n"); }

}  // namespace

void HttpConnection::Start() {
  if (!stream_.encrypted()) return ReadHeader();
  stream_.tcp().expires_after(kHeaderTime);
  stream_.async_handshake([self = shared_from_this()](Error error) {
    if (!error) self->ReadHeader();  // Otherwise nobody to talk to.
  });
}

void HttpConnection::Reject(HttpResponse response) {
  if (stream_.encrypted() && !begun_) return Close();
  body_unread_ = true;
  Answer(std::move(response));
}

void HttpConnection::Drain() {
  if (idle_) return Close();
  keep_alive_ = false;
}

void HttpConnection::Close() {
  CallOff();
  ++exchange_;
  watch_.cancel();
  Error ignored;
  stream_.socket().close(ignored);
}

void HttpConnection::ReadHeader() {
  parser_.emplace();
  parser_->header_limit(kHeaderLimit);
  parser_->body_limit(body_limit_);
  idle_ = true;
  begun_ = true;
  answering_ = false;
  head_only_ = false;
  stream_.tcp().expires_after(kHeaderTime);
  http::async_read_header(
      stream_, buffer_, *parser_,
      [self = shared_from_this()](Error error, size_t) { self->OnHeader(error); });
}

void HttpConnection::OnHeader(Error error) {
  idle_ = false;
  ++exchange_;
  // A length that is too large is seen here already.
  if (error && error != http::error::body_limit) return OnBadRequest(error);
  TakeHead();
  body_unread_ = !parser_->is_done();
  if (std::optional<HttpResponse> refusal = handler_.Refuse(request_); refusal.has_value())
    return Answer(*std::move(refusal));
  if (error) return OnBody(error);
  if (!absl::EqualsIgnoreCase(request_.header("expect"), "100-continue")) return ReadBody();
  Send("HTTP/1.1 100 Continue\r\n\r\n", &HttpConnection::ReadBody);
}

void HttpConnection::TakeHead() {
  const Parser::value_type& message = parser_->get();
  request_ = HttpRequest();
  Error gone;
  const auto peer = stream_.socket().remote_endpoint(gone);
  if (!gone) request_.peer = absl::StrCat(peer.address().to_string(), ":", peer.port());
  request_.method = std::string(View(message.method_string()));
  const absl::string_view target = View(message.target());
  request_.path = std::string(target.substr(0, target.find('?')));
  for (const auto& field : message) {
    auto [header, first] =
        request_.headers.try_emplace(absl::AsciiStrToLower(View(field.name_string())));
    absl::StrAppend(&header->second, first ? "" : ", ", View(field.value()));
  }
  keep_alive_ = message.keep_alive();
  chunked_ = message.version() >= 11;
  head_only_ = message.method() == http::verb::head;
}

void HttpConnection::ReadBody() {
  stream_.tcp().expires_after(kBodyTime);
  http::async_read(stream_, buffer_, *parser_,
                   [self = shared_from_this()](Error error, size_t) { self->OnBody(error); });
}

void HttpConnection::OnBody(Error error) {
  request_.body_too_large = error == http::error::body_limit;
  if (error && !request_.body_too_large) return OnBadRequest(error);
  body_unread_ = request_.body_too_large;
  if (!body_unread_) request_.body = std::move(parser_->get().body());
  Handle();
}

void HttpConnection::OnBadRequest(Error error) {
  // What is no HTTP gets an answer; who has gone, or was too slow, does not.
  if (error.category() != make_error_code(http::error::bad_method).category() ||
      error == http::error::end_of_stream || error == http::error::partial_message)
    return;
  keep_alive_ = false;
  Reject(error == http::error::header_limit
             ? TextResponse(431, "the header is longer than 16 KiB")
             : TextResponse(400, absl::StrCat("no HTTP/1.1 request: ", error.message())));
}

void HttpConnection::Handle() {
  WatchClient();
  auto respond = [self = shared_from_this(), exchange = exchange_](HttpResponse response) {
    asio::post(self->stream_.get_executor(),
               [self, exchange, response = std::move(response)]() mutable {
                 if (exchange == self->exchange_) {
                   self->Answer(std::move(response));
                 } else if (response.source != nullptr) {
                   response.source->Cancel();
                 }
               });
  };
  cancel_ = handler_.Handle(std::move(request_), std::move(respond));
}

void HttpConnection::WatchClient() {
  stream_.socket().async_wait(asio::ip::tcp::socket::wait_read,
                              [self = shared_from_this(), exchange = exchange_](Error error) {
                                if (!error) self->LookAtClient(exchange);
                              });
}

// Where there is something to read, be it the next request or TLS's goodbye, the end may come right
// behind it, which no event tells.
void HttpConnection::LookAtClient(int exchange) {
  if (exchange != exchange_) return;
  pollfd client = {stream_.socket().native_handle(), POLLRDHUP, 0};
  if (poll(&client, 1, 0) > 0) return Close();
  watch_.expires_after(kWatchInterval);
  watch_.async_wait([self = shared_from_this(), exchange](Error error) {
    if (!error) self->LookAtClient(exchange);
  });
}

void HttpConnection::Answer(HttpResponse response) {
  if (answering_) return;
  answering_ = true;
  response_ = std::move(response);
  if (body_unread_) keep_alive_ = false;
  const bool streamed = response_.source != nullptr && !response_.length.has_value();
  if (streamed && !chunked_) keep_alive_ = false;  // HTTP/1.0: the end is the connection's.
  chunked_ = streamed && chunked_;
  std::string bytes = ResponseHeader(response_, keep_alive_, chunked_);
  if (response_.source == nullptr && !head_only_) bytes += response_.body;
  Send(std::move(bytes), response_.source == nullptr || head_only_ ? &HttpConnection::OnSent
                                                                   : &HttpConnection::SendPiece);
}

void HttpConnection::SendPiece() {
  response_.source->Next([self = shared_from_this(),
                          exchange = exchange_](BodySource::Piece piece) {
    asio::post(self->stream_.get_executor(), [self, exchange, piece = std::move(piece)]() mutable {
      if (exchange == self->exchange_) self->OnPiece(std::move(piece));
    });
  });
}

void HttpConnection::OnPiece(BodySource::Piece piece) {
  if (piece.aborted) return Close();
  if (!piece.bytes.has_value())
    return chunked_ ? Send("0\r\n\r\n", &HttpConnection::OnSent) : OnSent();
  if (piece.bytes->empty()) return SendPiece();  // In chunks, nothing would be the end.
  if (chunked_) *piece.bytes = absl::StrCat(ChunkHeader(piece.bytes->size()), *piece.bytes, "\r\n");
  Send(*std::move(piece.bytes), &HttpConnection::SendPiece);
}

void HttpConnection::Send(std::string bytes, void (HttpConnection::*then)()) {
  sending_ = std::move(bytes);
  stream_.tcp().expires_after(kSendTime);
  asio::async_write(stream_, asio::buffer(sending_),
                    [self = shared_from_this(), exchange = exchange_, then](Error error, size_t) {
                      if (exchange != self->exchange_) return;
                      if (error) return self->Close();
                      self->stream_.tcp().expires_never();
                      ((*self).*then)();
                    });
}

void HttpConnection::OnSent() {
  CallOff();  // What is over, or not wanted after HEAD.
  response_ = HttpResponse();
  ++exchange_;  // The watch of the client ends here.
  watch_.cancel();
  Error ignored;
  stream_.socket().cancel(ignored);
  if (keep_alive_) return ReadHeader();
  if (stream_.encrypted()) return EndTls();
  stream_.socket().shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
  if (!body_unread_) return;
  idle_ = true;
  stream_.tcp().expires_after(kLingerTime);
  Linger();
}

void HttpConnection::EndTls() {
  idle_ = true;
  stream_.tcp().expires_after(kLingerTime);
  stream_.async_shutdown([self = shared_from_this()](Error) { self->Close(); });
}

void HttpConnection::Linger() {
  buffer_.clear();
  stream_.async_read_some(buffer_.prepare(64u << 10),
                          [self = shared_from_this()](Error error, size_t) {
                            if (!error) self->Linger();
                          });
}

void HttpConnection::CallOff() {
  if (cancel_ != nullptr) std::exchange(cancel_, nullptr)();
  if (response_.source != nullptr) std::exchange(response_.source, nullptr)->Cancel();
}

}  // namespace roxlab
