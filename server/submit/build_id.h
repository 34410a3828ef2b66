// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_SERVER_SUBMIT_BUILD_ID_H_
#define ROXLAB_SERVER_SUBMIT_BUILD_ID_H_

#include <string>

#include "roxlab/v1/record.pb.h"

namespace roxlab {

// SHA-256, lower-case hex, over the base's name, the patches' content in order, the fragments'
// content in order and the toolchain. Names of patches and fragments and the base's origins do not
// count: they change nothing in the tree (see the table `bases` for what keeps a base's name
// honest). Equal ids mean equal builds.
std::string BuildId(const v1::BuildSpec& spec);

}  // namespace roxlab

#endif  // ROXLAB_SERVER_SUBMIT_BUILD_ID_H_
