// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_COMMON_NAMES_H_
#define ROXLAB_COMMON_NAMES_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace roxlab {

// "unknown KIND 'NAME'; did you mean 'A' or 'B'?", or the list of what there is when nothing is
// near. The one wording for names that people mistype.
std::string UnknownName(absl::string_view kind, absl::string_view name,
                        const std::vector<std::string>& known);

// The at most three known names nearest to `name` by edit distance, nearest first; only those
// that a typing error could explain.
std::vector<std::string> NearestNames(absl::string_view name,
                                      const std::vector<std::string>& known);

// Whether `name` may name a thing of the lab: 1 to 100 of [A-Za-z0-9._-], starting with a letter
// or digit.
bool IsValidName(absl::string_view name);

// "board=NAME": the tag that stands for one board and nothing else.
std::string BoardTag(absl::string_view name);
// Its NAME; nothing when `tag` is another kind of tag.
std::optional<std::string> BoardOf(absl::string_view tag);

}  // namespace roxlab

#endif  // ROXLAB_COMMON_NAMES_H_
