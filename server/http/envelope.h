// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_SERVER_HTTP_ENVELOPE_H_
#define ROXLAB_SERVER_HTTP_ENVELOPE_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace roxlab {

// The frames of the Connect protocol's streams (https://connectrpc.com/docs/protocol, "Streaming
// RPCs"): a byte of flags, the length in four bytes, most significant first, and the message.

// A message, as it is.
std::string Envelope(absl::string_view message);

// The last frame: how the stream ended.
std::string EndOfStreamEnvelope(const absl::Status& status);

// The message in a body that has to be exactly one frame. INVALID_ARGUMENT when it is not,
// or is compressed although `gzip` is false; RESOURCE_EXHAUSTED when it unpacks to
// more than `limit` bytes.
absl::StatusOr<std::string> ReadOnlyEnvelope(absl::string_view body, bool gzip, size_t limit);

}  // namespace roxlab

#endif  // ROXLAB_SERVER_HTTP_ENVELOPE_H_
