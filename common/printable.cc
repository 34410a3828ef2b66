// SPDX-License-Identifier: Apache-2.0
#include "common/printable.h"

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

}  // namespace roxlab
