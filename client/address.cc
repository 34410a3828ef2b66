// SPDX-License-Identifier: Apache-2.0
#include "client/address.h"

#include <cstdlib>

#include "absl/strings/ascii.h"
#include "common/files.h"
#include "roxlab/v1/settings.pb.h"

namespace roxlab {
namespace {

std::string DefaultOf(const char* setting) {
  return v1::ServerSettings::descriptor()
      ->FindFieldByName(setting)
      ->options()
      .GetExtension(v1::setting)
      .default_();
}

}  // namespace

std::filesystem::path LabHome() {
  const char* home = std::getenv("ROXLAB_HOME");
  return home != nullptr ? home : DefaultOf("home");
}

std::string DefaultServerAddress(const std::filesystem::path& home) {
  absl::StatusOr<std::string> written = ReadFile(home / "server.address", 4096);
  if (written.ok()) return std::string(absl::StripAsciiWhitespace(*written));
  return DefaultOf("listen");
}

}  // namespace roxlab
