// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_BOARD_PDUDAEMON_H_
#define ROXLAB_BOARD_PDUDAEMON_H_

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/process.h"
#include "roxlab/v1/board.pb.h"

namespace roxlab {

// GET /power/control/VERB?hostname=PDU&port=PORT of pdudaemon's HTTP listener; `verb` is "on",
// "off" or "reboot". The daemon answers when the request is in its queue, not when it is done.
// Errors as PowerControl's.
absl::Status AskPduDaemon(const v1::PduDaemon& daemon, absl::string_view verb, absl::Time deadline,
                          const StopToken& stop);

// Whether the daemon answers HTTP at all; asks it for nothing.
absl::Status ReachPduDaemon(const v1::PduDaemon& daemon, absl::Time deadline,
                            const StopToken& stop);

}  // namespace roxlab

#endif  // ROXLAB_BOARD_PDUDAEMON_H_
