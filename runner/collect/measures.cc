// SPDX-License-Identifier: Apache-2.0
#include "runner/collect/measures.h"

#include <algorithm>
#include <cmath>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "common/names.h"
#include "common/printable.h"
#include "spec/board_metrics.h"

namespace roxlab {
namespace {

constexpr size_t kMaxLines = 1000;

bool Take(absl::string_view line, Measures* measures) {
  if (absl::ConsumePrefix(&line, "missing ")) {
    const std::pair<absl::string_view, absl::string_view> words =
        absl::StrSplit(line, absl::MaxSplits(' ', 1));
    if (!IsBoardMetric(words.first)) return false;
    measures->missing.push_back(absl::StrCat(words.first, ": ", Printable(words.second, 200)));
    return true;
  }
  const std::vector<absl::string_view> words = absl::StrSplit(line, ' ');
  double value = 0;
  if (words.size() != 3 || !IsBoardMetric(words[0]) || !IsValidName(words[1]) ||
      !absl::SimpleAtod(words[2], &value) || !std::isfinite(value))
    return false;
  auto known = std::find_if(measures->metrics.begin(), measures->metrics.end(),
                            [&](const v1::Metric& metric) { return metric.name() == words[0]; });
  v1::Metric& metric = known != measures->metrics.end() ? *known : measures->metrics.emplace_back();
  metric.set_name(std::string(words[0]));
  metric.set_unit(std::string(words[1]));
  metric.set_value(value);
  return true;
}

}  // namespace

absl::StatusOr<Measures> ParseMeasures(absl::string_view text) {
  Measures measures;
  size_t number = 0;
  for (absl::string_view line : absl::StrSplit(text, '\n', absl::SkipEmpty()))
    if (++number > kMaxLines || !Take(line, &measures))
      return absl::DataLossError(
          absl::StrCat("line ", number, " of the board's measures: '", Printable(line, 100), "'"));
  return measures;
}

}  // namespace roxlab
