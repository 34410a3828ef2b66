// SPDX-License-Identifier: Apache-2.0
#include "runner/collect/review.h"

#include <algorithm>
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

std::string DifferenceText(const pagetable::Difference& difference, absl::string_view collector) {
  return absl::StrFormat("0x%016x (%s), %d KiB: %s has %s, %s %s", difference.start,
                         difference.region, difference.size >> 10, kPtdumpCollector,
                         MappingText(difference.before), collector, MappingText(difference.after));
}

absl::Status CheckAgreement(const pagetable::Dump& dump, const pagetable::Walk& walk,
                            absl::string_view collector) {
  const std::vector<pagetable::Difference> differences =
      pagetable::DiffDumps(dump, pagetable::ToDump(walk, dump));
  if (differences.empty()) return absl::OkStatus();
  std::vector<std::string> lines;
  for (const pagetable::Difference& difference : differences)
    if (lines.size() < kShownDifferences) lines.push_back(DifferenceText(difference, collector));
  return InfraError("disagreement",
                    absl::StrCat("two readings of the page tables differ in ", differences.size(),
                                 " places, first at ", lines[0]),
                    absl::StrJoin(lines, "\n"));
}

std::string TranslationText(const pagetable::Walk& walk, size_t index) {
  if (index >= walk.translations.size()) return "nothing";
  const pagetable::Translation& translation = walk.translations[index];
  return absl::StrFormat(
      "%d KiB at physical 0x%x, %s", translation.range.size >> 10, translation.physical,
      MappingText({translation.range.level, translation.range.flags, translation.range.memory}));
}

// Two walks have what a dump has not. Both are as the walker joins ranges.
absl::Status CheckSameWalk(const Reading& one, const Reading& other) {
  const auto &ours = one.walk->translations, &theirs = other.walk->translations;
  const size_t at = static_cast<size_t>(
      std::mismatch(ours.begin(), ours.end(), theirs.begin(), theirs.end()).first - ours.begin());
  if (at == ours.size() && at == theirs.size()) return absl::OkStatus();
  const uint64_t address = (at < ours.size() ? ours : theirs)[at].range.start;
  return InfraError("disagreement",
                    absl::StrFormat("two walks of the page tables differ, first at 0x%016x: %s has "
                                    "%s, %s %s",
                                    address, one.collector, TranslationText(*one.walk, at),
                                    other.collector, TranslationText(*other.walk, at)));
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

Review ReviewSnapshot(absl::string_view text, absl::Span<const Reading> readings,
                      bool strict_rodata) {
  absl::StatusOr<pagetable::Dump> dump = pagetable::ParsePtdump(text);
  if (!dump.ok()) return {{}, {}, false, InfraError(dump.status())};
  v1::Snapshot counted = Count(*dump);
  Review review = {std::move(counted), *std::move(dump), false, absl::OkStatus()};
  if (readings.empty()) return review;
  for (const Reading& reading : readings) {
    absl::Status status = InfraError(reading.walk.status());
    if (status.ok()) status = CheckAgreement(review.dump, *reading.walk, reading.collector);
    if (&reading == &readings[0]) {
      review.agreed = status.ok();
    } else if (status.ok() && readings[0].walk.ok()) {
      status = CheckSameWalk(readings[0], reading);
    }
    if (review.verdict.ok()) review.verdict = status;
  }
  if (!review.agreed) return review;
  absl::Status promises = CheckPromises(review.dump, *readings[0].walk, strict_rodata);
  if (!promises.ok()) review.verdict = std::move(promises);
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
