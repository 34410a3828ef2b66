// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_SERVER_HTTP_BYTE_RANGE_H_
#define ROXLAB_SERVER_HTTP_BYTE_RANGE_H_

#include <cstdint>
#include <optional>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace roxlab {

struct ByteRange {
  uint64_t first;
  uint64_t length;
};

// What a Range header asks of `size` bytes (RFC 9110, 14.2). Nothing: the whole, because there is
// no such header, or it is none that we serve; several ranges at once are not. OUT_OF_RANGE: no
// byte of it is there.
absl::StatusOr<std::optional<ByteRange>> ReadRange(absl::string_view header, uint64_t size);

}  // namespace roxlab

#endif  // ROXLAB_SERVER_HTTP_BYTE_RANGE_H_
