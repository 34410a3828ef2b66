// SPDX-License-Identifier: Apache-2.0
//
// roxlabd: the server.
#include <poll.h>
#include <spdlog/spdlog.h>

#include <CLI/CLI.hpp>
#include <cstdlib>
#include <iostream>

#include "common/clock.h"
#include "common/log.h"
#include "common/signals.h"
#include "roxlab/v1/settings.pb.h"
#include "server/server.h"
#include "spec/settings.h"

namespace {

int Fail(const absl::Status& status) {
  std::cerr << "roxlabd: " << status.message() << "\n";
  return 1;
}

}  // namespace

int main(int argc, char** argv) {
  setenv("GRPC_VERBOSITY", "NONE", 0);  // Every connection of a stranger would be several lines.
  CLI::App app("roxlabd: the lab's server");
  roxlab::v1::ServerSettings settings;
  roxlab::SettingsOptions options(&app, &settings);
  CLI11_PARSE(app, argc, argv);
  if (absl::Status status = options.Load(); !status.ok()) return Fail(status);
  if (absl::Status status = roxlab::SetUpLog(settings.log_level()); !status.ok())
    return Fail(status);

  const roxlab::StopToken stop = roxlab::StopOnSignals();
  auto server = roxlab::Server::Start(settings, roxlab::Clock::System());
  if (!server.ok()) return Fail(server.status());
  spdlog::info("roxlabd listens on {}, data in {}", (*server)->address(), settings.home());
  if (const std::string url = (*server)->dashboard(); !url.empty())
    spdlog::info("the dashboard is at {}", url);
  pollfd end = {stop.fd(), POLLIN, 0};
  while (!stop.stopped()) poll(&end, 1, -1);
  spdlog::info("shutting down");
  (*server)->Shutdown();
  return 0;
}
