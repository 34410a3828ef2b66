// SPDX-License-Identifier: Apache-2.0
#include "common/kernel_make.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

namespace roxlab {

std::vector<std::string> KernelMakeVariables(absl::string_view compiler) {
  return {"ARCH=arm64", absl::StrCat("CROSS_COMPILE=", absl::StripSuffix(compiler, "gcc")),
          "KBUILD_BUILD_TIMESTAMP=Thu Jan  1 00:00:00 UTC 2026", "KBUILD_BUILD_USER=roxlab",
          "KBUILD_BUILD_HOST=roxlab", "KBUILD_BUILD_VERSION=1",
          // Set but empty: no "+" for a tree that differs from a tag.
          "LOCALVERSION="};
}

}  // namespace roxlab
