// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_COMMON_KERNEL_MAKE_H_
#define ROXLAB_COMMON_KERNEL_MAKE_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace roxlab {

// Where a kernel's sources and its output lie while make runs: paths get into what is built.
inline constexpr char kKernelSource[] = "/src";
inline constexpr char kKernelOutput[] = "/build";

// The variables that make is given so that two builds of one source do not differ: time stamp,
// user, host, version count. For the runner, and for a script that builds the same without it.
// `compiler` is a gcc, e.g. "aarch64-linux-gnu-gcc".
std::vector<std::string> KernelMakeVariables(absl::string_view compiler);

}  // namespace roxlab

#endif  // ROXLAB_COMMON_KERNEL_MAKE_H_
