// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_SERVER_LAB_PAGE_RANGE_H_
#define ROXLAB_SERVER_LAB_PAGE_RANGE_H_

#include <algorithm>
#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "common/status_macros.h"
#include "db/record.h"
#include "server/lab/page_token.h"

namespace roxlab {

inline constexpr uint32_t kDefaultPage = 50, kLargestPage = 500;

// One more than asked for tells whether there is a next page.
template <typename Request>
absl::StatusOr<PageRange> RangeOf(const Request& request) {
  const uint32_t size = request.page_size() == 0 ? kDefaultPage : request.page_size();
  PageRange range;
  range.limit = static_cast<int>(std::min(size, kLargestPage)) + 1;
  ROXLAB_ASSIGN_OR_RETURN(range.after, ReadPageToken(QuestionOf(request), request.page_token()));
  return range;
}

// Takes the one more away again and says where the next page begins.
template <typename Request, typename Response>
void EndPage(const Request& request, const PageRange& range, std::vector<int64_t>* keys,
             Response* response) {
  if (static_cast<int>(keys->size()) < range.limit) return;
  keys->pop_back();
  response->set_next_page_token(MakePageToken(QuestionOf(request), keys->back()));
}

}  // namespace roxlab

#endif  // ROXLAB_SERVER_LAB_PAGE_RANGE_H_
