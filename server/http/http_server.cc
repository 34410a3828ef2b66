// SPDX-License-Identifier: Apache-2.0
#include "server/http/http_server.h"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/ssl/context.hpp>
#include <future>
#include <thread>
#include <utility>

#include "absl/memory/memory.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "client/channel.h"
#include "common/status_macros.h"
#include "server/auth/reach.h"
#include "server/http/listener.h"
#include "server/http/site.h"

namespace roxlab {
namespace {

namespace asio = boost::asio;

// A browser has six connections to a host, of which a page's stream takes one. Together they stay
// below the 1,024 file descriptors that a process may have by default.
constexpr size_t kMaxConnections = 600;
constexpr size_t kMaxStreams = 300;
// Own threads, so that a large answer in JSON holds up no runner.
constexpr int kWorkers = 4;

// Null without TLS.
absl::StatusOr<std::unique_ptr<asio::ssl::context>> MakeContext(const std::optional<Tls>& tls) {
  if (!tls.has_value()) return nullptr;
  auto context = std::make_unique<asio::ssl::context>(asio::ssl::context::tls_server);
  boost::system::error_code error;
  context->set_options(asio::ssl::context::no_tlsv1 | asio::ssl::context::no_tlsv1_1, error);
  if (!error) context->use_certificate_chain(asio::buffer(tls->certificate), error);
  if (!error)
    context->use_private_key(asio::buffer(tls->key), asio::ssl::context::file_format::pem, error);
  if (error) return absl::InvalidArgumentError(absl::StrCat("tls_certificate: ", error.message()));
  return context;
}

}  // namespace

struct HttpServer::Parts {
  Parts(Lab& lab, std::shared_ptr<grpc::Channel> channel, std::string own_name,
        std::unique_ptr<asio::ssl::context> with_tls)
      : tls(std::move(with_tls)),
        pool(std::make_unique<WorkerPool>(kWorkers)),
        site(lab, *pool, std::move(channel), {std::move(own_name), kMaxStreams, kLargestMessage}),
        listener(io, tls.get(), site, {kMaxConnections, kLargestMessage}),
        work(asio::make_work_guard(io)) {}
  // What the pool still does is for connections, which end with `io`, and those refer to `site`.
  ~Parts() { pool.reset(); }

  // What `function` gives in the connections' thread.
  template <typename Function>
  auto InThread(Function function) {
    std::packaged_task<decltype(function())()> task(std::move(function));
    auto result = task.get_future();
    asio::post(io, std::move(task));
    return result.get();
  }

  const std::unique_ptr<asio::ssl::context> tls;  // Null: none.
  std::unique_ptr<WorkerPool> pool;
  Site site;
  asio::io_context io{1};
  Listener listener;
  asio::executor_work_guard<asio::io_context::executor_type> work;
  std::thread thread;
};

HttpServer::HttpServer(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}

HttpServer::~HttpServer() { Shutdown(absl::InfinitePast()); }

absl::StatusOr<std::unique_ptr<HttpServer>> HttpServer::Start(
    Lab& lab, std::shared_ptr<grpc::Channel> channel, const std::optional<Tls>& tls) {
  ROXLAB_ASSIGN_OR_RETURN(HttpAddress address, HttpAddress::Parse(lab.settings().http()));
  if (!tls.has_value()) ROXLAB_RETURN_IF_ERROR(CheckReach("http", lab.settings().http()));
  ROXLAB_ASSIGN_OR_RETURN(std::unique_ptr<asio::ssl::context> context, MakeContext(tls));
  auto parts = std::make_unique<Parts>(lab, std::move(channel), address.host, std::move(context));
  ROXLAB_ASSIGN_OR_RETURN(const uint16_t port, parts->listener.Open(address));
  auto server = absl::WrapUnique(new HttpServer(std::move(parts)));
  const std::string& listen = lab.settings().http();
  server->address_ = absl::StrCat(listen.substr(0, listen.rfind(':')), ":", port);
  server->parts_->thread = std::thread([&io = server->parts_->io] { io.run(); });
  return server;
}

void HttpServer::Shutdown(absl::Time deadline) {
  if (parts_ == nullptr) return;
  Parts& parts = *parts_;
  if (parts.thread.joinable()) {
    parts.InThread([&parts] { parts.listener.Drain(); });
    parts.site.calls().EndStreams();
    while (!parts.InThread([&parts] { return parts.listener.idle(); }) && absl::Now() < deadline)
      absl::SleepFor(absl::Milliseconds(5));
    parts.InThread([&parts] { parts.listener.Close(); });
    parts.site.calls().CancelAll();
    parts.work.reset();
    parts.io.stop();
    parts.thread.join();
  }
  parts_.reset();
}

}  // namespace roxlab
