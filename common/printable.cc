// SPDX-License-Identifier: Apache-2.0
#include "common/printable.h"

#include <algorithm>

#include "absl/strings/ascii.h"

namespace roxlab {

std::string Printable(absl::string_view text, size_t limit) {
  std::string out(text.substr(0, limit));
  for (char& c : out) {
    bool shown = absl::ascii_isprint(static_cast<unsigned char>(c)) || c == '\t' || c == '\n';
    if (!shown) c = '?';
  }
  return out;
}

absl::string_view Utf8Prefix(absl::string_view text, size_t limit) {
  if (text.size() <= limit) return text;
  // Bytes 10xxxxxx go on with a character (RFC 3629).
  while (limit > 0 && (static_cast<unsigned char>(text[limit]) & 0xC0) == 0x80) --limit;
  return text.substr(0, limit);
}

bool HasControl(absl::string_view text) {
  return std::any_of(text.begin(), text.end(),
                     [](unsigned char c) { return absl::ascii_iscntrl(c); });
}

}  // namespace roxlab
