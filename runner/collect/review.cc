// SPDX-License-Identifier: Apache-2.0
#include "runner/collect/review.h"

#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "pagetable/census.h"
#include "pagetable/diff.h"
#include "pagetable/invariants.h"
#include "pagetable/ptdump.h"
#include "pagetable/text.h"
#include "runner/errors.h"

namespace roxlab {
namespace {

constexpr size_t kShownDifferences = 20;

v1::Snapshot Count(const pagetable::Dump& dump) {
  v1::Snapshot snapshot;
  for (const pagetable::Measure& measure : pagetable::Measures(pagetable::TakeCensus(dump))) {
    v1::Metric& metric = *snapshot.add_metrics();
    metric.set_name(measure.name);
    metric.set_value(static_cast<double>(measure.value));
    metric.set_unit(std::string(measure.unit));
  }
  return snapshot;
}

std::string MappingText(const pagetable::Mapping& mapping) {
  if (mapping == pagetable::Mapping()) return "nothing";
  return absl::StrCat("level ", mapping.level, " ",
                      pagetable::FlagText(mapping.flags, mapping.memory));
}

std::string DifferenceText(const pagetable::Difference& difference) {
  return absl::StrFormat("0x%016x (%s), %d KiB: the dump has %s, the walk %s", difference.start,
                         difference.region, difference.size >> 10, MappingText(difference.before),
                         MappingText(difference.after));
}

absl::Status CheckAgreement(const pagetable::Dump& dump, const pagetable::Walk& walk) {
  const std::vector<pagetable::Difference> differences =
      pagetable::DiffDumps(dump, pagetable::ToDump(walk, dump));
  if (differences.empty()) return absl::OkStatus();
  std::vector<std::string> lines;
  for (const pagetable::Difference& difference : differences)
    if (lines.size() < kShownDifferences) lines.push_back(DifferenceText(difference));
  return InfraError("disagreement",
                    absl::StrCat("the two readings of the page tables differ in ",
                                 differences.size(), " places, first at ", lines[0]),
                    absl::StrJoin(lines, "\n"));
}

absl::Status CheckPromises(const pagetable::Dump& dump, const pagetable::Walk& walk,
                           bool strict_rodata) {
  const std::vector<pagetable::Violation> violations =
      pagetable::CheckInvariants(walk, dump, {.strict_rodata = strict_rodata});
  if (violations.empty()) return absl::OkStatus();
  std::vector<std::string> lines;
  lines.reserve(violations.size());
  for (const pagetable::Violation& violation : violations)
    lines.push_back(absl::StrCat(violation.rule, ": ", violation.text));
  return VariantError("invariant", lines[0], absl::StrJoin(lines, "\n"));
}

}  // namespace

Review ReviewDump(absl::string_view text) {
  absl::StatusOr<pagetable::Dump> dump = pagetable::ParsePtdump(text);
  if (!dump.ok()) return {{}, {}, InfraError(dump.status())};
  v1::Snapshot counted = Count(*dump);
  return {std::move(counted), *std::move(dump), absl::OkStatus()};
}

Review ReviewBoth(absl::string_view text, const absl::StatusOr<pagetable::Walk>& walk,
                  bool strict_rodata) {
  Review review = ReviewDump(text);
  if (!review.verdict.ok()) return review;
  review.verdict = InfraError(walk.status());
  if (!walk.ok()) return review;
  review.verdict = CheckAgreement(review.dump, *walk);
  if (review.verdict.ok()) review.verdict = CheckPromises(review.dump, *walk, strict_rodata);
  return review;
}

// The words that arch_parse_debug_rodata() takes (arch/arm64/include/asm/setup.h); others change
// nothing.
bool StrictRodata(absl::string_view cmdline) {
  bool strict = true;
  for (absl::string_view word : absl::StrSplit(cmdline, ' ')) {
    if (word == "rodata=on") strict = true;
    if (word == "rodata=off" || word == "rodata=noalias") strict = false;
  }
  return strict;
}

}  // namespace roxlab
