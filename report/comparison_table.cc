// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/string_view.h"
#include "report/comparison.h"
#include "report/table.h"

namespace roxlab {
namespace {

// What tells most about how a kernel maps its memory.
constexpr std::array<absl::string_view, 5> kKeyMetrics = {
    "linear.l2_blocks", "linear.l3_entries", "linear.l3_entries_noncont", "linear.table_bytes",
    "linear.tlb_entries"};

bool Shown(const v1::ComparisonRow& row, const TableOptions& options) {
  return options.all || row.verdict() != v1::VERDICT_UNSPECIFIED ||
         std::find(kKeyMetrics.begin(), kKeyMetrics.end(), row.metric()) != kKeyMetrics.end();
}

bool SameGroup(const v1::ComparisonRow& a, const v1::ComparisonRow& b) {
  return a.variant() == b.variant() && a.machine() == b.machine() && a.workload() == b.workload();
}

std::string Value(const v1::ComparisonRow& row, double value) {
  if (row.n() == 0) return "-";
  if (row.unit() == "bytes") return absl::StrCat(Grouped(value / 1024), " KiB");
  return Grouped(value);
}

std::string Delta(const v1::ComparisonRow& row) {
  if (!row.has_delta_percent()) return "-";
  return absl::StrFormat("%+.1f %%", row.delta_percent());
}

std::string Interval(const v1::ComparisonRow& row) {
  if (row.ci95_size() != 2) return "-";
  return absl::StrFormat("[%+.1f, %+.1f]", row.ci95(0), row.ci95(1));
}

std::string PValue(const v1::ComparisonRow& row) {
  if (!row.has_p_value()) return "-";
  return row.p_value() < 0.0001 ? "<0.0001" : absl::StrFormat("%.4f", row.p_value());
}

std::string VerdictWord(v1::Verdict verdict) {
  return verdict == v1::VERDICT_UNSPECIFIED ? "" : v1::Verdict_Name(verdict);
}

std::string GroupText(const v1::Comparison& comparison,
                      const std::vector<const v1::ComparisonRow*>& rows) {
  const v1::ComparisonRow& first = *rows.front();
  Table table({{"after"},
               {"metric"},
               {"n", true},
               {comparison.baseline(), true},
               {first.variant(), true},
               {"change", true},
               {"95 % interval", true},
               {"p", true},
               {"verdict"}});
  for (const v1::ComparisonRow* row : rows)
    table.AddRow({row->phase(), row->metric(), absl::StrCat(row->n()),
                  Value(*row, row->baseline_mean()), Value(*row, row->mean()), Delta(*row),
                  Interval(*row), PValue(*row), VerdictWord(row->verdict())});
  return absl::StrCat(first.variant(), " against ", comparison.baseline(), " on ", first.machine(),
                      ", workload ", first.workload(), ", means:\n", table.Render(2));
}

}  // namespace

std::string ComparisonTable(const v1::Comparison& comparison, const TableOptions& options) {
  std::string text;
  std::vector<const v1::ComparisonRow*> group;
  auto flush = [&] {
    if (group.empty()) return;
    absl::StrAppend(&text, text.empty() ? "" : "\n", GroupText(comparison, group));
    group.clear();
  };
  for (const v1::ComparisonRow& row : comparison.rows()) {
    if (!Shown(row, options)) continue;
    if (!group.empty() && !SameGroup(*group.front(), row)) flush();
    group.push_back(&row);
  }
  flush();
  return text.empty() ? "nothing to compare\n" : text;
}

}  // namespace roxlab
