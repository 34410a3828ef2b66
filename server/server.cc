// SPDX-License-Identifier: Apache-2.0
#include "server/server.h"

#include <grpcpp/ext/proto_server_reflection_plugin.h>
#include <grpcpp/grpcpp.h>
#include <grpcpp/health_check_service_interface.h>

#include <chrono>
#include <filesystem>
#include <utility>

#include "absl/memory/memory.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "client/channel.h"
#include "common/files.h"
#include "common/status_macros.h"
#include "server/lab/dispatcher.h"
#include "server/rpc/artifacts_service.h"
#include "server/rpc/lab_service.h"
#include "server/rpc/runner_hub_service.h"
#include "spec/catalog.h"

namespace roxlab {
namespace fs = std::filesystem;
namespace {

constexpr std::chrono::seconds kDrain(2);

v1::ServerSettings WithDefaults(v1::ServerSettings settings) {
  if (settings.home().empty()) settings.set_home("/var/lib/roxlab");
  if (settings.listen().empty()) settings.set_listen("127.0.0.1:7310");
  if (settings.kernels().empty()) settings.set_kernels("/usr/share/roxlab/kernels");
  if (settings.lease_ms() == 0) settings.set_lease_ms(30'000);
  if (settings.max_attempts() == 0) settings.set_max_attempts(3);
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

fs::path AddressFile(const Lab& lab) { return fs::path(lab.settings().home()) / "server.address"; }

}  // namespace

Server::Server(std::unique_ptr<Lab> lab)
    : lab_(std::move(lab)),
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
  ROXLAB_ASSIGN_OR_RETURN(std::unique_ptr<Lab> lab,
                          Lab::Open(WithDefaults(settings), std::move(catalog), clock));
  auto server = absl::WrapUnique(new Server(std::move(lab)));
  ROXLAB_RETURN_IF_ERROR(server->Listen());
  return server;
}

absl::Status Server::Listen() {
  grpc::EnableDefaultHealthCheckService(true);
  grpc::reflection::InitProtoReflectionServerBuilderPlugin();
  const std::string& listen = lab_->settings().listen();
  grpc::ServerBuilder builder;
  Configure(builder);
  int port = 0;
  builder.AddListeningPort(listen, grpc::InsecureServerCredentials(), &port);
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
  return WriteFileAtomically(AddressFile(*lab_), absl::StrCat(address_, "\n"));
}

void Server::Shutdown() {
  if (lab_ == nullptr) return;
  if (!address_.empty()) {
    std::error_code ignored;  // Someone may have removed it by hand.
    fs::remove(AddressFile(*lab_), ignored);
  }
  lab_->dispatcher().Stop();
  lab_->events().Close();
  if (grpc_ != nullptr) grpc_->Shutdown(std::chrono::system_clock::now() + kDrain);
  grpc_.reset();
  lab_.reset();
}

}  // namespace roxlab
