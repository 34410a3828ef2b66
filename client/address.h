// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_CLIENT_ADDRESS_H_
#define ROXLAB_CLIENT_ADDRESS_H_

#include <filesystem>
#include <string>

namespace roxlab {

// The lab's data directory: ROXLAB_HOME, or the settings' default.
std::filesystem::path LabHome();

// Where clients look for the server when nobody says it: what HOME/server.address holds (the
// server writes it), otherwise the server's default address.
std::string DefaultServerAddress(const std::filesystem::path& home);

}  // namespace roxlab

#endif  // ROXLAB_CLIENT_ADDRESS_H_
