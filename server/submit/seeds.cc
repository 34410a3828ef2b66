// SPDX-License-Identifier: Apache-2.0
#include "server/submit/seeds.h"

#include <algorithm>
#include <limits>
#include <numeric>
#include <set>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "common/status_macros.h"
#include "server/submit/limits.h"

namespace roxlab {
namespace {

// SQLite's integers are signed, and seeds are to sort there as they do here.
constexpr auto kLargestSeed = static_cast<uint64_t>(std::numeric_limits<int64_t>::max());

struct Range {
  uint64_t first = 0, last = 0;
};

absl::StatusOr<uint64_t> ParseSeed(absl::string_view text, absl::string_view whole) {
  uint64_t seed = 0;
  const bool digits = !text.empty() && std::all_of(text.begin(), text.end(),
                                                   [](char c) { return absl::ascii_isdigit(c); });
  if (digits && absl::SimpleAtoi(text, &seed) && seed <= kLargestSeed) return seed;
  return absl::InvalidArgumentError(absl::StrCat(
      "seeds: '", whole.substr(0, 60),
      "' is neither a number nor a range such as '1-8' (largest: ", kLargestSeed, ")"));
}

absl::StatusOr<Range> ParseRange(absl::string_view text) {
  const std::vector<absl::string_view> ends = absl::StrSplit(text, absl::MaxSplits('-', 1));
  Range range;
  ROXLAB_ASSIGN_OR_RETURN(range.first, ParseSeed(ends.front(), text));
  ROXLAB_ASSIGN_OR_RETURN(range.last, ParseSeed(ends.back(), text));
  if (range.first > range.last)
    return absl::InvalidArgumentError(absl::StrCat("seeds: the range '", text, "' is empty"));
  return range;
}

// Whether there is an expectation whose interval can be narrow.
bool HasDirection(const v1::ExperimentSpec& spec) {
  return std::any_of(
      spec.expect().begin(), spec.expect().end(),
      [](const v1::Expectation& expectation) { return expectation.relation() != "equal"; });
}

absl::Status FillAuto(v1::ExperimentSpec& spec) {
  auto invalid = [](const auto&... words) {
    return absl::InvalidArgumentError(absl::StrCat("seeds: auto ", words...));
  };
  if (!HasDirection(spec)) {
    return invalid(
        "needs an expectation, below or above, whose metric's interval tells when there "
        "are enough");
  }
  v1::AutoSeeds& seeds = *spec.mutable_auto_seeds();
  if (seeds.start() == 0) seeds.set_start(8);
  if (seeds.step() == 0) seeds.set_step(8);
  if (seeds.limit() == 0) seeds.set_limit(64);
  if (seeds.width_percent() == 0) seeds.set_width_percent(10);
  if (seeds.limit() < seeds.start())
    return invalid("starts with ", seeds.start(), ", which is over its limit of ", seeds.limit());
  if (seeds.limit() > kMaxRuns) return invalid("has a limit of more than ", kMaxRuns);
  if (!(seeds.width_percent() > 0))
    return invalid("waits for an interval of width_percent ", seeds.width_percent(),
                   ", which none can have");
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::vector<uint64_t>> PlanSeeds(v1::ExperimentSpec& spec) {
  const bool said =
      std::find(spec.seeds().begin(), spec.seeds().end(), "auto") != spec.seeds().end();
  if (!said && !(spec.has_auto_seeds() && spec.seeds().empty())) {
    if (spec.has_auto_seeds())
      return absl::InvalidArgumentError("auto_seeds: write 'seeds: auto', or leave it out");
    return ParseSeeds(spec.seeds());
  }
  if (spec.seeds_size() > 1)
    return absl::InvalidArgumentError("seeds: 'auto' and others exclude each other");
  ROXLAB_RETURN_IF_ERROR(FillAuto(spec));
  spec.clear_seeds();
  spec.add_seeds("auto");
  std::vector<uint64_t> seeds(spec.auto_seeds().start());
  std::iota(seeds.begin(), seeds.end(), uint64_t{1});
  return seeds;
}

absl::StatusOr<std::vector<uint64_t>> ParseSeeds(
    const google::protobuf::RepeatedPtrField<std::string>& seeds) {
  std::vector<uint64_t> all;
  std::set<uint64_t> seen;
  for (const std::string& text : seeds) {
    ROXLAB_ASSIGN_OR_RETURN(const Range range, ParseRange(text));
    if (range.last - range.first >= kMaxRuns - all.size()) {
      return absl::InvalidArgumentError(
          absl::StrCat("seeds: more than ", kMaxRuns, " with '", text, "'"));
    }
    for (uint64_t seed = range.first; seed <= range.last; ++seed) {
      if (!seen.insert(seed).second)
        return absl::InvalidArgumentError(absl::StrCat("seeds: ", seed, " comes twice"));
      all.push_back(seed);
    }
  }
  if (all.empty()) return absl::InvalidArgumentError("seeds: at least one is needed");
  return all;
}

}  // namespace roxlab
