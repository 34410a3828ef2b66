// SPDX-License-Identifier: Apache-2.0
#include <vector>

#include "absl/strings/str_cat.h"
#include "report/cells.h"
#include "report/comparison.h"
#include "report/table.h"

namespace roxlab {
namespace {

bool SameGroup(const v1::ComparisonRow& a, const v1::ComparisonRow& b) {
  return a.variant() == b.variant() && a.machine() == b.machine() && a.workload() == b.workload();
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
               {"p (Holm)", true},
               {"verdict"}});
  for (const v1::ComparisonRow* row : rows)
    table.AddRow({row->phase(), row->metric(), absl::StrCat(row->n()),
                  ValueCell(*row, row->baseline_mean()), ValueCell(*row, row->mean()),
                  DeltaCell(*row), IntervalCell(*row), PCell(*row), HolmCell(*row),
                  VerdictCell(*row)});
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
    if (!options.all && !row.key()) continue;
    if (!group.empty() && !SameGroup(*group.front(), row)) flush();
    group.push_back(&row);
  }
  flush();
  return text.empty() ? "nothing to compare\n" : text;
}

}  // namespace roxlab
