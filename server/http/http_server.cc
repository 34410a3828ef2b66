// SPDX-License-Identifier: Apache-2.0
#include "server/http/http_server.h"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <future>
#include <thread>
#include <utility>

#include "absl/memory/memory.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "client/channel.h"
#include "common/status_macros.h"
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

}  // namespace

struct HttpServer::Parts {
  Parts(Lab& lab, std::shared_ptr<grpc::Channel> channel, std::string own_name)
      : pool(std::make_unique<WorkerPool>(kWorkers)),
        site(lab, *pool, std::move(channel), {std::move(own_name), kMaxStreams, kLargestMessage}),
        listener(io, site, {kMaxConnections, kLargestMessage}),
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
    Lab& lab, std::shared_ptr<grpc::Channel> channel) {
  ROXLAB_ASSIGN_OR_RETURN(HttpAddress address, HttpAddress::Parse(lab.settings().http()));
  auto parts = std::make_unique<Parts>(lab, std::move(channel), address.host);
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
