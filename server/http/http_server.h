// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_SERVER_HTTP_HTTP_SERVER_H_
#define ROXLAB_SERVER_HTTP_HTTP_SERVER_H_

#include <grpcpp/channel.h>

#include <memory>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "server/auth/tls.h"
#include "server/lab/lab.h"

namespace roxlab {

// The HTTP port: the dashboard, artifacts, and the service Lab in the Connect protocol, whose calls
// go on to gRPC. One thread has all connections, none of which holds a thread of its own; a few
// others read and write messages and files.
class HttpServer {
 public:
  // Listens on the setting `http`. `lab` and the server behind `channel` outlive this. Errors say
  // what to do: no such address, address in use, one that others can reach without TLS.
  static absl::StatusOr<std::unique_ptr<HttpServer>> Start(Lab& lab,
                                                           std::shared_ptr<grpc::Channel> channel,
                                                           const std::optional<Tls>& tls);
  ~HttpServer();

  // host:port.
  const std::string& address() const { return address_; }

  // Takes nothing new, ends streams with UNAVAILABLE, gives the other answers until `deadline`, and
  // closes everything. Harmless twice.
  void Shutdown(absl::Time deadline);

 private:
  struct Parts;
  explicit HttpServer(std::unique_ptr<Parts> parts);

  std::unique_ptr<Parts> parts_;
  std::string address_;
};

}  // namespace roxlab

#endif  // ROXLAB_SERVER_HTTP_HTTP_SERVER_H_
