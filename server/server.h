// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_SERVER_SERVER_H_
#define ROXLAB_SERVER_SERVER_H_

#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/clock.h"
#include "roxlab/v1/settings.pb.h"
#include "server/auth/tls.h"
#include "server/lab/lab.h"

namespace grpc {
class Server;
}

namespace roxlab {

class AddressFile;
class HttpServer;
class LabService;
class RunnerHubService;
class ArtifactsService;

// A running server. Also for tests and benches, which start one in their own process.
class Server {
 public:
  // Opens the data directory, listens and writes HOME/server.address and HOME/server.http. Zero or
  // empty settings take their default. Errors say what to do: data directory in use (UNAVAILABLE),
  // database of a newer version, address in use, catalog or TLS files that cannot be read, an
  // address that others can reach without TLS. `clock` must outlive
  // the server.
  static absl::StatusOr<std::unique_ptr<Server>> Start(const v1::ServerSettings& settings,
                                                       const Clock& clock);
  // With a catalog from elsewhere than settings.kernels().
  static absl::StatusOr<std::unique_ptr<Server>> Start(const v1::ServerSettings& settings,
                                                       const Clock& clock, CatalogSource catalog);
  ~Server();

  // What clients connect to; "tls://host:port" with TLS.
  const std::string& address() const { return address_; }
  // Where the HTTP port is, host:port; empty when the setting `http` is "off".
  const std::string& http_address() const { return http_address_; }
  // The dashboard as a browser wants it; empty likewise.
  std::string dashboard() const;
  Lab& lab() { return *lab_; }

  // Ends orderly: streams told so, no new calls, a moment for those under way, then everything
  // closed and the files with the addresses removed. Jobs stay with their runners. Harmless twice.
  void Shutdown();

 private:
  Server(std::unique_ptr<Lab> lab, std::optional<Tls> tls);
  absl::Status Listen();
  absl::Status ListenHttp();
  std::filesystem::path InHome(const char* file) const;

  std::unique_ptr<Lab> lab_;
  const std::optional<Tls> tls_;
  std::unique_ptr<LabService> lab_service_;
  std::unique_ptr<RunnerHubService> runner_hub_;
  std::unique_ptr<ArtifactsService> artifacts_;
  std::unique_ptr<grpc::Server> grpc_;
  std::unique_ptr<HttpServer> http_;
  std::string address_, http_address_;
  std::unique_ptr<AddressFile> address_file_, http_file_;
};

}  // namespace roxlab

#endif  // ROXLAB_SERVER_SERVER_H_
