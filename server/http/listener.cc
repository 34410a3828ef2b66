// SPDX-License-Identifier: Apache-2.0
#include "server/http/listener.h"

#include <netinet/tcp.h>
#include <sys/socket.h>

#include <algorithm>
#include <chrono>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

namespace roxlab {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

// A host that is gone without a word is noticed within a minute.
void NoticeTheDead(tcp::socket& socket) {
  error_code ignored;
  socket.set_option(asio::socket_base::keep_alive(true), ignored);
  socket.set_option(tcp::no_delay(true), ignored);
  constexpr std::pair<int, int> kOptions[] = {
      {TCP_KEEPIDLE, 30}, {TCP_KEEPINTVL, 10}, {TCP_KEEPCNT, 3}};
  for (const auto& [option, value] : kOptions)
    setsockopt(socket.native_handle(), IPPROTO_TCP, option, &value, sizeof value);
}

std::string Text(const HttpAddress& address) {
  return absl::StrCat(address.host, ":", address.port);
}

}  // namespace

absl::StatusOr<HttpAddress> HttpAddress::Parse(absl::string_view text) {
  const size_t colon = text.rfind(':');
  uint32_t port = 0;
  if (colon == absl::string_view::npos || colon == 0 ||
      !absl::SimpleAtoi(text.substr(colon + 1), &port) || port > 65535) {
    return absl::InvalidArgumentError(
        absl::StrCat("http: '", text, "' is not host:port, e.g. 127.0.0.1:7311, or \"off\""));
  }
  absl::string_view host = text.substr(0, colon);
  if (absl::StartsWith(host, "[") && absl::EndsWith(host, "]"))
    host = host.substr(1, host.size() - 2);
  return HttpAddress{std::string(host), absl::StrCat(port)};
}

Listener::Listener(asio::io_context& io, asio::ssl::context* tls, HttpHandler& handler,
                   Limits limits)
    : io_(io), tls_(tls), handler_(handler), limits_(limits), acceptor_(io), retry_(io) {}

absl::StatusOr<uint16_t> Listener::Open(const HttpAddress& address) {
  error_code error;
  tcp::resolver resolver(io_);
  const auto found = resolver.resolve(address.host, address.port, error);
  if (error || found.empty()) {
    return absl::InvalidArgumentError(
        absl::StrCat("http: cannot find ", address.host, ": ", error.message()));
  }
  const tcp::endpoint endpoint = found.begin()->endpoint();
  acceptor_.open(endpoint.protocol(), error);
  if (!error) acceptor_.set_option(tcp::acceptor::reuse_address(true), error);
  if (!error) acceptor_.bind(endpoint, error);
  if (!error) acceptor_.listen(asio::socket_base::max_listen_connections, error);
  if (error) {
    return absl::UnavailableError(
        absl::StrCat("http: cannot listen on ", Text(address), ": ", error.message(),
                     ". Choose another address with --http, or --http off"));
  }
  Accept();
  return acceptor_.local_endpoint(error).port();
}

void Listener::Accept() {
  acceptor_.async_accept(
      io_, [this](error_code error, tcp::socket socket) { OnAccept(error, std::move(socket)); });
}

void Listener::OnAccept(error_code error, tcp::socket socket) {
  if (!acceptor_.is_open()) return;
  if (error) {  // E.g. no file descriptor is left: asking again at once would only keep a CPU busy.
    retry_.expires_after(std::chrono::milliseconds(100));
    retry_.async_wait([this](error_code cancelled) {
      if (!cancelled) Accept();
    });
    return;
  }
  NoticeTheDead(socket);
  auto connection =
      std::make_shared<HttpConnection>(std::move(socket), tls_, handler_, limits_.body);
  if (HasRoom()) {
    connections_.push_back(connection);
    connection->Start();
  } else {
    connection->Reject(TextResponse(503, "too many connections"));
  }
  Accept();
}

// Browsers keep connections for later; those that came first are closed first.
bool Listener::HasRoom() {
  const std::vector<std::shared_ptr<HttpConnection>> alive = Alive();
  if (alive.size() < limits_.connections) return true;
  const auto idle = std::find_if(alive.begin(), alive.end(),
                                 [](const auto& connection) { return connection->idle(); });
  if (idle == alive.end()) return false;
  (*idle)->Close();
  return true;
}

std::vector<std::shared_ptr<HttpConnection>> Listener::Alive() {
  std::vector<std::shared_ptr<HttpConnection>> alive;
  std::vector<std::weak_ptr<HttpConnection>> kept;
  for (const std::weak_ptr<HttpConnection>& connection : connections_) {
    if (std::shared_ptr<HttpConnection> strong = connection.lock(); strong != nullptr) {
      alive.push_back(std::move(strong));
      kept.push_back(connection);
    }
  }
  connections_ = std::move(kept);
  return alive;
}

bool Listener::idle() { return Alive().empty(); }

void Listener::Drain() {
  error_code ignored;
  acceptor_.close(ignored);
  retry_.cancel();
  for (const std::shared_ptr<HttpConnection>& connection : Alive()) connection->Drain();
}

void Listener::Close() {
  for (const std::shared_ptr<HttpConnection>& connection : Alive()) connection->Close();
}

}  // namespace roxlab
