// SPDX-License-Identifier: Apache-2.0
#include "server/http/envelope.h"

#include <cstdint>

#include "absl/strings/str_cat.h"
#include "server/http/connect_error.h"
#include "server/http/gzip.h"

namespace roxlab {
namespace {

constexpr size_t kHeader = 5;
constexpr uint8_t kCompressed = 1;
constexpr uint8_t kEndOfStream = 2;

std::string Frame(uint8_t flags, absl::string_view message) {
  const auto size = static_cast<uint32_t>(message.size());
  std::string frame(1, static_cast<char>(flags));
  for (int shift = 24; shift >= 0; shift -= 8)
    frame.push_back(static_cast<char>((size >> shift) & 0xff));
  return absl::StrCat(frame, message);
}

}  // namespace

std::string Envelope(absl::string_view message) { return Frame(0, message); }

std::string EndOfStreamEnvelope(const absl::Status& status) {
  return Frame(kEndOfStream,
               status.ok() ? "{}" : absl::StrCat("{\"error\":", ConnectErrorJson(status), "}"));
}

absl::StatusOr<std::string> ReadOnlyEnvelope(absl::string_view body, bool gzip, size_t limit) {
  if (body.size() < kHeader)
    return absl::InvalidArgumentError("the body is shorter than an envelope's five bytes");
  const auto flags = static_cast<uint8_t>(body[0]);
  uint64_t size = 0;
  for (size_t i = 1; i < kHeader; ++i) size = size << 8 | static_cast<uint8_t>(body[i]);
  const absl::string_view message = body.substr(kHeader);
  if (size != message.size()) {
    return absl::InvalidArgumentError(absl::StrCat("an envelope of ", size, " bytes, and ",
                                                   message.size(),
                                                   " are there: send exactly one message"));
  }
  if ((flags & ~kCompressed) != 0)
    return absl::InvalidArgumentError(absl::StrCat("an envelope with unknown flags ", flags));
  if ((flags & kCompressed) == 0) return std::string(message);
  if (!gzip)
    return absl::InvalidArgumentError("a compressed envelope without Connect-Content-Encoding");
  return Gunzip(message, limit);
}

}  // namespace roxlab
