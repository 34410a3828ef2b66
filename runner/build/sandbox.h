// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_RUNNER_BUILD_SANDBOX_H_
#define ROXLAB_RUNNER_BUILD_SANDBOX_H_

#include <filesystem>
#include <string>
#include <vector>

#include "common/process.h"

namespace roxlab {

// Where a kernel's own programs (make and all it starts) run: bubblewrap with no network, no
// home, a read-only system, a private /tmp and process space, an empty environment. The tree is
// at /src (read-only), the build directory at /build (the only thing kept), the compiler cache at
// /ccache: fixed paths, so that what is built does not depend on where the lab lives.
struct Sandbox {
  std::filesystem::path source;
  std::filesystem::path build;
  std::filesystem::path ccache;
  std::string ccache_size;

  // `argv` inside the sandbox, started in /build.
  Command Wrap(const std::vector<std::string>& argv) const;
};

}  // namespace roxlab

#endif  // ROXLAB_RUNNER_BUILD_SANDBOX_H_
