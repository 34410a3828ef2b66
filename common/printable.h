// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_COMMON_PRINTABLE_H_
#define ROXLAB_COMMON_PRINTABLE_H_

#include <string>

#include "absl/strings/string_view.h"

namespace roxlab {

// At most `limit` bytes of `text` with every byte that is not printable ASCII, a tab or a line
// break shown as '?': text from a guest, fit for a protobuf string and a terminal.
std::string Printable(absl::string_view text, size_t limit);

// As much of the beginning of `text` as whole characters of UTF-8 give, at most `limit` bytes: a
// protobuf string with half a character cannot be read.
absl::string_view Utf8Prefix(absl::string_view text, size_t limit);

// Whether `text` has a control character of ASCII: it would not stay on its line.
bool HasControl(absl::string_view text);

}  // namespace roxlab

#endif  // ROXLAB_COMMON_PRINTABLE_H_
