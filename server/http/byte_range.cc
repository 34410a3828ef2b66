// SPDX-License-Identifier: Apache-2.0
#include "server/http/byte_range.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/strip.h"

namespace roxlab {
namespace {

bool ReadNumber(absl::string_view text, uint64_t* number) {
  return !text.empty() && std::all_of(text.begin(), text.end(), absl::ascii_isdigit) &&
         absl::SimpleAtoi(text, number);
}

}  // namespace

absl::StatusOr<std::optional<ByteRange>> ReadRange(absl::string_view header, uint64_t size) {
  const size_t dash = header.find('-');
  if (!absl::ConsumePrefix(&header, "bytes=") || dash == absl::string_view::npos)
    return std::nullopt;
  const absl::string_view from = header.substr(0, header.find('-'));
  const absl::string_view to = header.substr(header.find('-') + 1);
  uint64_t first = 0;
  uint64_t last = 0;
  if (from.empty()) {  // The last so many.
    if (!ReadNumber(to, &last)) return std::nullopt;
    if (last == 0 || size == 0) return absl::OutOfRangeError("no byte is asked for");
    const uint64_t length = std::min(last, size);
    return ByteRange{size - length, length};
  }
  if (!ReadNumber(from, &first)) return std::nullopt;
  if (to.empty()) {
    last = UINT64_MAX;
  } else if (!ReadNumber(to, &last) || last < first) {
    return std::nullopt;
  }
  if (first >= size) return absl::OutOfRangeError("begins behind the end");
  return ByteRange{first, std::min(last, size - 1) - first + 1};
}

}  // namespace roxlab
