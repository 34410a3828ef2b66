// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_SERVER_LAB_HUB_H_
#define ROXLAB_SERVER_LAB_HUB_H_

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "roxlab/v1/runner_hub.pb.h"

namespace roxlab {

class Lab;

// What runners ask; see runner_hub.proto.

inline constexpr uint32_t kProtocol = 1;
inline constexpr size_t kMaxLogChunk = 64u << 10;

// Whether a call can be taken at all; the rest is the dispatcher's.
absl::Status CheckSynchronize(const v1::SynchronizeRequest& request);
absl::StatusOr<v1::AppendLogResponse> AppendLog(Lab& lab, const v1::AppendLogRequest& request);
absl::Status FinishJob(Lab& lab, const v1::FinishJobRequest& request);

}  // namespace roxlab

#endif  // ROXLAB_SERVER_LAB_HUB_H_
