// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_SERVER_LAB_PAGE_TOKEN_H_
#define ROXLAB_SERVER_LAB_PAGE_TOKEN_H_

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace roxlab {

// Where a list goes on: the key that a page ended with, bound to what was asked for.
// `question`: the request without page_size and page_token, serialized.
std::string MakePageToken(absl::string_view question, int64_t last);

// The key; 0 for the empty token. INVALID_ARGUMENT for a token of another question, or none at all.
absl::StatusOr<int64_t> ReadPageToken(absl::string_view question, absl::string_view token);

// What to bind a token of a list's request to.
template <typename Request>
std::string QuestionOf(Request request) {
  request.clear_page_size();
  request.clear_page_token();
  return request.SerializeAsString();
}

}  // namespace roxlab

#endif  // ROXLAB_SERVER_LAB_PAGE_TOKEN_H_
