// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_RUNNER_BUILD_CONFIGURE_H_
#define ROXLAB_RUNNER_BUILD_CONFIGURE_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "runner/build/make_runner.h"
#include "runner/build/tree.h"

namespace roxlab {

// Makes the tree's .config from `fragments` (MergeFragments) on top of allnoconfig and checks that
// every symbol survived. make is asked only when one of the `changed` files may say something else
// than at the last successful configuration; `commit` is what the tree has now. VariantError
// ("config") naming the symbols that did not survive, wanted and got.
absl::Status Configure(const Tree& tree, const std::string& commit,
                       const std::vector<std::string>& changed, const std::string& fragments,
                       MakeRunner& make, JobContext& context);

}  // namespace roxlab

#endif  // ROXLAB_RUNNER_BUILD_CONFIGURE_H_
