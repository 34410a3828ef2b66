// SPDX-License-Identifier: Apache-2.0
#include "client/address.h"

#include "absl/strings/ascii.h"
#include "common/files.h"
#include "roxlab/v1/settings.pb.h"

namespace roxlab {

std::string DefaultServerAddress(const std::filesystem::path& home) {
  absl::StatusOr<std::string> written = ReadFile(home / "server.address", 4096);
  if (written.ok()) return std::string(absl::StripAsciiWhitespace(*written));
  return v1::ServerSettings::descriptor()
      ->FindFieldByName("listen")
      ->options()
      .GetExtension(v1::setting)
      .default_();
}

}  // namespace roxlab
