// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_SERVER_HTTP_GZIP_H_
#define ROXLAB_SERVER_HTTP_GZIP_H_

#include <cstddef>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace roxlab {

// gzip (RFC 1952) of bytes at hand, at the fastest level: JSON becomes a tenth of its size by it.
std::string Gzip(absl::string_view bytes);

// INVALID_ARGUMENT when `bytes` is not one whole gzip file, RESOURCE_EXHAUSTED when it holds more
// than `limit`.
absl::StatusOr<std::string> Gunzip(absl::string_view bytes, size_t limit);

// Whether an Accept-Encoding header takes gzip (RFC 9110, 12.5.3).
bool AcceptsGzip(absl::string_view accept_encoding);

}  // namespace roxlab

#endif  // ROXLAB_SERVER_HTTP_GZIP_H_
