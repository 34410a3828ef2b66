// SPDX-License-Identifier: Apache-2.0
#include "report/cells.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "report/table.h"

namespace roxlab {
namespace {

std::string P(bool is_known, double p) {
  if (!is_known) return "-";
  return p < 0.0001 ? "<0.0001" : absl::StrFormat("%.4f", p);
}

}  // namespace

bool IsWithoutDifference(const v1::ComparisonRow& row) {
  return row.n() > 0 && row.mean() == row.baseline_mean() && row.ci95_size() == 2 &&
         row.ci95(0) == 0 && row.ci95(1) == 0;
}

std::string ValueCell(const v1::ComparisonRow& row, double value) {
  if (row.n() == 0) return "-";
  if (row.unit() == "bytes") return absl::StrCat(Grouped(value / 1024), " KiB");
  return Grouped(value);
}

std::string DeltaCell(const v1::ComparisonRow& row) {
  if (!row.has_delta_percent()) return "-";
  return absl::StrFormat("%+.1f %%", row.delta_percent());
}

std::string IntervalCell(const v1::ComparisonRow& row) {
  if (row.ci95_size() != 2) return "-";
  return absl::StrFormat("[%+.1f, %+.1f]", row.ci95(0), row.ci95(1));
}

std::string PCell(const v1::ComparisonRow& row) { return P(row.has_p_value(), row.p_value()); }

std::string HolmCell(const v1::ComparisonRow& row) { return P(row.has_p_holm(), row.p_holm()); }

std::string VerdictCell(const v1::ComparisonRow& row) {
  return row.verdict() == v1::VERDICT_UNSPECIFIED ? "" : v1::Verdict_Name(row.verdict());
}

}  // namespace roxlab
