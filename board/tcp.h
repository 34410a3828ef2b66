// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_BOARD_TCP_H_
#define ROXLAB_BOARD_TCP_H_

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/files.h"
#include "common/process.h"

namespace roxlab {

// A connected socket, blocking, that notices within half a minute when the other side has gone
// without a word. Tries every address of `host`. UNAVAILABLE names host, port and reason;
// DEADLINE_EXCEEDED; CANCELLED by `stop`.
absl::StatusOr<UniqueFd> ConnectTcp(const std::string& host, uint32_t port, absl::Time deadline,
                                    const StopToken& stop);

}  // namespace roxlab

#endif  // ROXLAB_BOARD_TCP_H_
