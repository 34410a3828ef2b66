// SPDX-License-Identifier: Apache-2.0
#include "server/submit/series.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "common/status_macros.h"
#include "server/submit/lookup.h"

namespace roxlab {
namespace {

absl::Status CheckBase(const v1::Series& series, const v1::Base& base) {
  const auto& bases = series.bases();
  if (bases.empty() || std::find(bases.begin(), bases.end(), base.name()) != bases.end())
    return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat("series '", series.name(), "' is not for base '",
                                                 base.name(),
                                                 "', but for: ", absl::StrJoin(bases, " ")));
}

// How many patches `count`, what stands behind the '@' in `text`, asks for.
absl::StatusOr<int> ParseCount(absl::string_view text, absl::string_view count,
                               const v1::Series& series) {
  int patches = 0;
  const bool digits = std::all_of(count.begin(), count.end(), absl::ascii_isdigit);
  if (digits && absl::SimpleAtoi(count, &patches) && patches >= 1 &&
      patches <= series.patches_size())
    return patches;
  return absl::InvalidArgumentError(
      absl::StrCat("series '", text.substr(0, 120), "': '@' and a number from 1 to ",
                   series.patches_size(), " (how many patches '", series.name(),
                   "' has) takes the first patches; without '@' it is the whole series"));
}

}  // namespace

absl::Status AddSeries(const std::string& text, const v1::Catalog& catalog, v1::BuildSpec& build) {
  const std::vector<std::string> parts = absl::StrSplit(text, absl::MaxSplits('@', 1));
  ROXLAB_ASSIGN_OR_RETURN(const v1::Series* series,
                          FindNamed("series", parts.front(), catalog.series()));
  ROXLAB_RETURN_IF_ERROR(CheckBase(*series, build.base()));
  int count = series->patches_size();
  if (parts.size() == 2) {
    ROXLAB_ASSIGN_OR_RETURN(count, ParseCount(text, parts.back(), *series));
  }
  for (int i = 0; i < count; ++i) *build.add_patches() = series->patches(i);
  return absl::OkStatus();
}

}  // namespace roxlab
