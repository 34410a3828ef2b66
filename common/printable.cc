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

bool HasControl(absl::string_view text) {
  return std::any_of(text.begin(), text.end(),
                     [](unsigned char c) { return absl::ascii_iscntrl(c); });
}

}  // namespace roxlab
