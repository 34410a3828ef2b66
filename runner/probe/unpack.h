// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_RUNNER_PROBE_UNPACK_H_
#define ROXLAB_RUNNER_PROBE_UNPACK_H_

#include "runner/probe/system.h"

namespace roxlab::probe {

// Makes the folders and plain files of a cpio archive in `directory`, as the kernel would of an
// initramfs: format "newc" (Documentation/driver-api/early-userspace/buffer-format.rst). Fails for
// an archive that is cut off or has a name that leads outside.
Result Unpack(const char* archive, const char* directory);

}  // namespace roxlab::probe

#endif  // ROXLAB_RUNNER_PROBE_UNPACK_H_
