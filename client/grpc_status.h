// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_CLIENT_GRPC_STATUS_H_
#define ROXLAB_CLIENT_GRPC_STATUS_H_

#include <grpcpp/support/status.h>

#include "absl/status/status.h"

namespace roxlab {

// The two kinds of status have the same codes; these are the only places where one becomes the
// other.
inline absl::Status FromGrpc(const grpc::Status& status) {
  return absl::Status(static_cast<absl::StatusCode>(status.error_code()), status.error_message());
}

inline grpc::Status ToGrpc(const absl::Status& status) {
  return grpc::Status(static_cast<grpc::StatusCode>(status.code()), std::string(status.message()));
}

}  // namespace roxlab

#endif  // ROXLAB_CLIENT_GRPC_STATUS_H_
