// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_SERVER_HTTP_TRANSCODE_H_
#define ROXLAB_SERVER_HTTP_TRANSCODE_H_

#include <google/protobuf/descriptor.h>
#include <grpcpp/support/byte_buffer.h>

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace roxlab {

// How messages are written: protobuf's binary form, or its JSON mapping.
enum class Codec { kProto, kJson };

// A message of `type`, as a client wrote it, in the form that gRPC sends. INVALID_ARGUMENT with the
// parser's words; an unknown field is one.
absl::StatusOr<grpc::ByteBuffer> ToGrpcBytes(const google::protobuf::Descriptor& type, Codec codec,
                                             absl::string_view text);

// The other way; `bytes` is used up.
absl::StatusOr<std::string> FromGrpcBytes(const google::protobuf::Descriptor& type, Codec codec,
                                          grpc::ByteBuffer* bytes);

}  // namespace roxlab

#endif  // ROXLAB_SERVER_HTTP_TRANSCODE_H_
