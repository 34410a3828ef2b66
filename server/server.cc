// SPDX-License-Identifier: Apache-2.0
#include "server/server.h"

#include <grpcpp/ext/proto_server_reflection_plugin.h>
#include <grpcpp/grpcpp.h>
#include <grpcpp/health_check_service_interface.h>

#include <filesystem>
#include <utility>

#include "absl/memory/memory.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "client/channel.h"
#include "common/status_macros.h"
#include "server/address_file.h"
#include "server/auth/grpc_credentials.h"
#include "server/auth/reach.h"
#include "server/http/http_server.h"
#include "server/lab/dispatcher.h"
#include "server/rpc/artifacts_service.h"
#include "server/rpc/lab_service.h"
#include "server/rpc/runner_hub_service.h"
#include "spec/catalog.h"

namespace roxlab {
namespace fs = std::filesystem;
namespace {

constexpr absl::Duration kDrain = absl::Seconds(2);

v1::ServerSettings WithDefaults(v1::ServerSettings settings) {
  if (settings.home().empty()) settings.set_home("/var/lib/roxlab");
  if (settings.listen().empty()) settings.set_listen("127.0.0.1:7310");
  if (settings.kernels().empty()) settings.set_kernels("/usr/share/roxlab/kernels");
  if (settings.http().empty()) settings.set_http("127.0.0.1:7311");
  if (settings.web().empty()) settings.set_web("/usr/share/roxlab/web");
  if (settings.lease_ms() == 0) settings.set_lease_ms(30'000);
  if (settings.max_attempts() == 0) settings.set_max_attempts(3);
  if (settings.calls_per_second() == 0) settings.set_calls_per_second(50);
  return settings;
}

void Configure(grpc::ServerBuilder& builder) {
  builder.SetMaxReceiveMessageSize(kLargestMessage);
  builder.SetMaxSendMessageSize(kLargestMessage);
  // A peer that is gone without a word is noticed within about half a minute; clients may ping
  // every ten seconds, also between calls.
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIME_MS, 20'000);
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, 10'000);
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 1);
  builder.AddChannelArgument(GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS, 9'000);
  builder.AddChannelArgument(GRPC_ARG_HTTP2_MAX_PINGS_WITHOUT_DATA, 0);
  // Two servers must never share a port.
  builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
}

// "host:port", of which clients are told the host that the certificate is for.
std::string NamedBy(const Tls& tls, const std::string& address) {
  return tls.name.empty() ? address : absl::StrCat(tls.name, address.substr(address.rfind(':')));
}

}  // namespace

Server::Server(std::unique_ptr<Lab> lab, std::optional<Tls> tls)
    : lab_(std::move(lab)),
      tls_(std::move(tls)),
      lab_service_(std::make_unique<LabService>(*lab_)),
      runner_hub_(std::make_unique<RunnerHubService>(*lab_)),
      artifacts_(std::make_unique<ArtifactsService>(*lab_)) {}

Server::~Server() { Shutdown(); }

absl::StatusOr<std::unique_ptr<Server>> Server::Start(const v1::ServerSettings& settings,
                                                      const Clock& clock) {
  const fs::path kernels = WithDefaults(settings).kernels();
  return Start(settings, clock, [kernels] { return LoadCatalog(kernels); });
}

absl::StatusOr<std::unique_ptr<Server>> Server::Start(const v1::ServerSettings& settings,
                                                      const Clock& clock, CatalogSource catalog) {
  // Said at the start rather than to the first who submits something.
  ROXLAB_RETURN_IF_ERROR(catalog().status());
  ROXLAB_ASSIGN_OR_RETURN(std::optional<Tls> tls,
                          ReadTls(settings, absl::FromUnixMillis(clock.NowMs())));
  ROXLAB_ASSIGN_OR_RETURN(std::unique_ptr<Lab> lab,
                          Lab::Open(WithDefaults(settings), std::move(catalog), clock));
  auto server = absl::WrapUnique(new Server(std::move(lab), std::move(tls)));
  ROXLAB_RETURN_IF_ERROR(server->Listen());
  return server;
}

fs::path Server::InHome(const char* file) const { return fs::path(lab_->settings().home()) / file; }

absl::Status Server::Listen() {
  grpc::EnableDefaultHealthCheckService(true);
  grpc::reflection::InitProtoReflectionServerBuilderPlugin();
  const std::string& listen = lab_->settings().listen();
  if (!tls_.has_value()) ROXLAB_RETURN_IF_ERROR(CheckReach("listen", listen));
  grpc::ServerBuilder builder;
  Configure(builder);
  int port = 0;
  builder.AddListeningPort(listen, GrpcCredentials(tls_, lab_->gate()), &port);
  builder.RegisterService(lab_service_.get());
  builder.RegisterService(runner_hub_.get());
  builder.RegisterService(artifacts_.get());
  grpc_ = builder.BuildAndStart();
  if (grpc_ == nullptr || port == 0) {
    return absl::UnavailableError(
        absl::StrCat("cannot listen on ", listen,
                     ": is another program using it? Choose another address with --listen"));
  }
  address_ = absl::StartsWith(listen, "unix:")
                 ? listen
                 : absl::StrCat(listen.substr(0, listen.rfind(':')), ":", port);
  if (tls_.has_value()) address_ = absl::StrCat(kTlsScheme, NamedBy(*tls_, address_));
  ROXLAB_RETURN_IF_ERROR(ListenHttp());
  // Last: who waits for this file finds everything ready.
  ROXLAB_ASSIGN_OR_RETURN(address_file_, AddressFile::Write(InHome("server.address"), address_));
  return absl::OkStatus();
}

absl::Status Server::ListenHttp() {
  if (lab_->settings().http() == "off") return absl::OkStatus();
  grpc::ChannelArguments arguments;
  arguments.SetMaxReceiveMessageSize(kLargestMessage);
  arguments.SetMaxSendMessageSize(kLargestMessage);
  ROXLAB_ASSIGN_OR_RETURN(http_,
                          HttpServer::Start(*lab_, grpc_->InProcessChannel(arguments), tls_));
  http_address_ = http_->address();
  ROXLAB_ASSIGN_OR_RETURN(http_file_, AddressFile::Write(InHome("server.http"), http_address_));
  return absl::OkStatus();
}

std::string Server::dashboard() const {
  if (http_address_.empty()) return "";
  return tls_.has_value() ? absl::StrCat("https://", NamedBy(*tls_, http_address_), "/")
                          : absl::StrCat("http://", http_address_, "/");
}

void Server::Shutdown() {
  if (lab_ == nullptr) return;
  address_file_.reset();
  http_file_.reset();
  lab_->dispatcher().Stop();
  lab_->events().Close();
  const absl::Time deadline = absl::Now() + kDrain;
  if (http_ != nullptr) http_->Shutdown(deadline);
  http_.reset();
  if (grpc_ != nullptr) grpc_->Shutdown(absl::ToChronoTime(deadline));
  grpc_.reset();
  lab_.reset();
}

}  // namespace roxlab
