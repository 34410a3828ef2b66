// SPDX-License-Identifier: Apache-2.0
#include "common/names.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"

namespace roxlab {
namespace {

constexpr absl::string_view kBoardTag = "board=";

// Levenshtein's edit distance.
size_t EditDistance(absl::string_view a, absl::string_view b) {
  std::vector<size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), size_t{0});
  for (size_t i = 1; i <= a.size(); ++i) {
    size_t diagonal = std::exchange(row[0], i);
    for (size_t j = 1; j <= b.size(); ++j) {
      size_t substitution = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, substitution});
    }
  }
  return row.back();
}

}  // namespace

std::vector<std::string> NearestNames(absl::string_view name,
                                      const std::vector<std::string>& known) {
  std::vector<std::pair<size_t, std::string>> near;
  for (const std::string& candidate : known) {
    size_t distance = EditDistance(name, candidate);
    if (distance <= std::max<size_t>(2, candidate.size() / 3))
      near.emplace_back(distance, candidate);
  }
  std::sort(near.begin(), near.end());
  std::vector<std::string> names;
  for (size_t i = 0; i < near.size() && i < 3; ++i) names.push_back(near[i].second);
  return names;
}

std::string UnknownName(absl::string_view kind, absl::string_view name,
                        const std::vector<std::string>& known) {
  auto quote = [](std::string* out, const std::string& n) { absl::StrAppend(out, "'", n, "'"); };
  std::string message = absl::StrCat("unknown ", kind, " '", name, "'");
  std::vector<std::string> near = NearestNames(name, known);
  if (!near.empty())
    return absl::StrCat(message, "; did you mean ", absl::StrJoin(near, " or ", quote), "?");
  if (known.empty()) return absl::StrCat(message, "; there is none");
  return absl::StrCat(message, "; there is ", absl::StrJoin(known, ", ", quote));
}

bool IsValidName(absl::string_view name) {
  if (name.empty() || name.size() > 100 || !absl::ascii_isalnum(name.front())) return false;
  return std::all_of(name.begin(), name.end(), [](char c) {
    return absl::ascii_isalnum(c) || c == '.' || c == '_' || c == '-';
  });
}

std::string BoardTag(absl::string_view name) { return absl::StrCat(kBoardTag, name); }

std::optional<std::string> BoardOf(absl::string_view tag) {
  if (!absl::ConsumePrefix(&tag, kBoardTag)) return std::nullopt;
  return std::string(tag);
}

}  // namespace roxlab
