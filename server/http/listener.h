// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_SERVER_HTTP_LISTENER_H_
#define ROXLAB_SERVER_HTTP_LISTENER_H_

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "server/http/connection.h"
#include "server/http/message.h"

namespace roxlab {

// Where to listen: "host:port" taken apart.
struct HttpAddress {
  // INVALID_ARGUMENT when `text` is not host:port.
  static absl::StatusOr<HttpAddress> Parse(absl::string_view text);

  std::string host;  // Without the brackets of an IPv6 address.
  std::string port;
};

// Takes connections and knows those that there are. After Open() everything happens in the
// io_context's one thread.
class Listener {
 public:
  struct Limits {
    // One more takes the place of one that waits for a request, and is turned away with 503 when
    // there is none.
    size_t connections;
    size_t body;  // Of a request, bytes.
  };
  // With `tls` (null: none); all outlive this.
  Listener(boost::asio::io_context& io, boost::asio::ssl::context* tls, HttpHandler& handler,
           Limits limits);

  // Listens from now on, and takes connections once the io_context runs; the port. UNAVAILABLE:
  // address in use. INVALID_ARGUMENT: no address of this machine.
  absl::StatusOr<uint16_t> Open(const HttpAddress& address);
  // Takes no more connections and drains those that there are.
  void Drain();
  // Closes those that are left.
  void Close();
  bool idle();

 private:
  void Accept();
  void OnAccept(boost::system::error_code error, boost::asio::ip::tcp::socket socket);
  bool HasRoom();
  std::vector<std::shared_ptr<HttpConnection>> Alive();

  boost::asio::io_context& io_;
  boost::asio::ssl::context* const tls_;
  HttpHandler& handler_;
  const Limits limits_;
  boost::asio::ip::tcp::acceptor acceptor_;
  boost::asio::steady_timer retry_;
  std::vector<std::weak_ptr<HttpConnection>> connections_;
};

}  // namespace roxlab

#endif  // ROXLAB_SERVER_HTTP_LISTENER_H_
