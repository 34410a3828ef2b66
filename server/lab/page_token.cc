// SPDX-License-Identifier: Apache-2.0
#include "server/lab/page_token.h"

#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/hash.h"

namespace roxlab {
namespace {

// Enough to notice a mistake; nothing is secret.
std::string Mark(absl::string_view question) { return Sha256Hex(question).substr(0, 12); }

}  // namespace

std::string MakePageToken(absl::string_view question, int64_t last) {
  return absl::StrCat(Mark(question), "-", last);
}

absl::StatusOr<int64_t> ReadPageToken(absl::string_view question, absl::string_view token) {
  if (token.empty()) return 0;
  const std::vector<absl::string_view> parts = absl::StrSplit(token, '-');
  int64_t last = 0;
  if (parts.size() != 2 || !absl::SimpleAtoi(parts[1], &last) || last <= 0)
    return absl::InvalidArgumentError("page_token: not from an earlier answer");
  if (parts[0] != Mark(question))
    return absl::InvalidArgumentError(
        "page_token: from an answer to other filters; begin again without it");
  return last;
}

}  // namespace roxlab
