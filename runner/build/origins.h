// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_RUNNER_BUILD_ORIGINS_H_
#define ROXLAB_RUNNER_BUILD_ORIGINS_H_

#include <filesystem>
#include <functional>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "common/process.h"
#include "roxlab/v1/catalog.pb.h"

namespace roxlab {

// Puts the kernel tree that `origin` names into `destination` (an existing, empty directory),
// with `scratch` for downloads. `log` gets what the tools print. Any error leaves `destination`
// undefined and says what could not be had from where.
absl::Status FetchOrigin(const v1::Origin& origin, const std::filesystem::path& destination,
                         const std::filesystem::path& scratch,
                         const std::function<void(absl::string_view)>& log, const StopToken& stop);

// One line for people: "Debian package linux-source-7.3".
std::string DescribeOrigin(const v1::Origin& origin);

}  // namespace roxlab

#endif  // ROXLAB_RUNNER_BUILD_ORIGINS_H_
