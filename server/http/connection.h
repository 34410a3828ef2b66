// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_SERVER_HTTP_CONNECTION_H_
#define ROXLAB_SERVER_HTTP_CONNECTION_H_

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <memory>
#include <optional>
#include <string>

#include "server/http/client_stream.h"
#include "server/http/message.h"

namespace roxlab {

// One client's connection: HTTP/1.1 with requests one after another. It holds no thread, and lives
// as long as something is under way on it. Everything happens in the one thread of its executor.
class HttpConnection : public std::enable_shared_from_this<HttpConnection> {
 public:
  // `tls` (null: none) and `handler` outlive it; `body_limit` in bytes.
  HttpConnection(boost::asio::ip::tcp::socket socket, boost::asio::ssl::context* tls,
                 HttpHandler& handler, size_t body_limit)
      : stream_(std::move(socket), tls),
        watch_(stream_.get_executor()),
        handler_(handler),
        body_limit_(body_limit) {}
  ~HttpConnection() { CallOff(); }

  void Start();
  // Waits for a request.
  bool idle() const { return idle_; }
  // Answers `response` and closes, whatever the request; only closes where TLS has not begun.
  void Reject(HttpResponse response);
  // Ends after the answer that is under way, at once when there is none.
  void Drain();
  // Ends now.
  void Close();

 private:
  using Error = boost::beast::error_code;
  using Parser = boost::beast::http::request_parser<boost::beast::http::string_body>;

  void ReadHeader();
  void OnHeader(Error error);
  void ReadBody();
  void OnBody(Error error);
  void OnBadRequest(Error error);
  void TakeHead();
  void Handle();
  // Notices that the client has gone while it waits.
  void WatchClient();
  void LookAtClient(int exchange);

  void Answer(HttpResponse response);
  void SendPiece();
  void OnPiece(BodySource::Piece piece);
  // Says goodbye in TLS too.
  void EndTls();
  void Send(std::string bytes, void (HttpConnection::*then)());
  void OnSent();
  // Lets the client read the answer although it is still sending.
  void Linger();
  void CallOff();

  ClientStream stream_;
  boost::asio::steady_timer watch_;
  HttpHandler& handler_;
  const size_t body_limit_;
  boost::beast::flat_buffer buffer_;
  std::optional<Parser> parser_;
  HttpRequest request_;
  HttpResponse response_;
  std::string sending_;
  CancelCall cancel_;
  int exchange_ = 0;  // Number of the request; what concerns an older one is ignored.
  bool answering_ = false;
  bool idle_ = true;
  bool begun_ = false;  // Something can be read and written.
  bool keep_alive_ = false;
  bool chunked_ = false;
  bool head_only_ = false;
  bool body_unread_ = false;
};

}  // namespace roxlab

#endif  // ROXLAB_SERVER_HTTP_CONNECTION_H_
