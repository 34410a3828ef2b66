// SPDX-License-Identifier: Apache-2.0
#include "pagetable/ptdump.h"

#include <algorithm>
#include <limits>

#include "absl/status/status.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "pagetable/ptdump_levels.h"
#include "pagetable/ptdump_line.h"

namespace roxlab::pagetable {
namespace {

constexpr size_t kMaxText = size_t{1} << 30;
constexpr size_t kMaxLine = 256;    // The kernel's longest is 113.
constexpr size_t kMaxRegions = 64;  // The kernel has at most 8, and the gaps between them.
constexpr const char kGuard[] = "guard";

absl::Status Wrong(uint64_t line, absl::string_view what, absl::string_view text = {}) {
  std::string message = absl::StrCat("ptdump line ", line, ": ", what);
  if (!text.empty()) absl::StrAppend(&message, ": \"", absl::CHexEscape(text.substr(0, 80)), "\"");
  return absl::InvalidArgumentError(message);
}

class Parser {
 public:
  absl::StatusOr<Dump> Parse(absl::string_view text, const PtdumpOptions& options);

 private:
  absl::Status AddLine(absl::string_view line);
  absl::Status AddRange(absl::string_view line);
  absl::Status AddMarker(const Marker& marker);
  void OpenRegion(absl::string_view name);
  absl::Status CheckBothEnds() const;

  Dump dump_;
  LevelEvidence evidence_;
  uint32_t line_ = 0;
  uint64_t next_ = 0;       // Where the next range has to begin.
  bool in_region_ = false;  // Between a region's start and end marker.
};

void Parser::OpenRegion(absl::string_view name) {
  size_t here = dump_.ranges.size();
  if (!dump_.regions.empty()) {
    dump_.regions.back().end = here;
    // Two markers at one address leave an empty gap between their regions: no region of its own.
    const Region& last = dump_.regions.back();
    if (last.name == kGuard && last.first == here) dump_.regions.pop_back();
  }
  dump_.regions.push_back({std::string(name), here, here});
}

absl::Status Parser::AddMarker(const Marker& marker) {
  if (marker.ends) {
    if (!in_region_ || dump_.regions.back().name != marker.region)
      return Wrong(line_, absl::StrCat("end of region ", marker.region, ", which is not open"));
    OpenRegion(kGuard);
    in_region_ = false;
    return absl::OkStatus();
  }
  if (dump_.regions.size() >= kMaxRegions) return Wrong(line_, "too many regions");
  for (const Region& region : dump_.regions)
    if (region.name == marker.region)
      return Wrong(line_, absl::StrCat("second start of region ", marker.region));
  OpenRegion(marker.region);
  in_region_ = true;
  return absl::OkStatus();
}

absl::Status Parser::AddRange(absl::string_view line) {
  Range range;
  LevelName level;
  if (const char* what = ParseRangeLine(line, &range, &level)) return Wrong(line_, what, line);
  if (dump_.regions.empty()) return Wrong(line_, "range before the first region marker", line);
  if (!dump_.ranges.empty() && range.start != next_)
    return Wrong(line_, "range does not begin where the one before ended", line);
  if (!dump_.ranges.empty() && next_ == 0) return Wrong(line_, "range after the last", line);
  range.line = line_;
  range.level = static_cast<int8_t>(level);
  next_ = range.start + range.size;
  evidence_.Add(level, range.start | next_);
  dump_.ranges.push_back(range);
  return absl::OkStatus();
}

absl::Status Parser::AddLine(absl::string_view line) {
  if (line.size() > kMaxLine) return Wrong(line_, "line is too long", line);
  if (line.empty() || line[0] != '-') return AddRange(line);
  Marker marker;
  if (!ParseMarkerLine(line, &marker)) return Wrong(line_, "not a range or marker", line);
  return AddMarker(marker);
}

absl::Status Parser::CheckBothEnds() const {
  if (dump_.ranges.empty()) return Wrong(line_, "dump without ranges");
  const Range& first = dump_.ranges.front();
  // The kernel starts at _PAGE_OFFSET(vabits_actual) = -(1 << bits).
  uint64_t size = uint64_t{0} - first.start;
  if (size == 0 || (size & (size - 1)) != 0 || size < uint64_t{1} << 36 || size > uint64_t{1} << 52)
    return Wrong(first.line, "dump does not begin where a kernel's address space does");
  if (next_ != 0) return Wrong(line_, "dump ends before the address space does");
  return absl::OkStatus();
}

absl::StatusOr<Dump> Parser::Parse(absl::string_view text, const PtdumpOptions& options) {
  if (text.size() > kMaxText) return absl::InvalidArgumentError("ptdump is over 1 GiB");
  if (text.empty()) return absl::InvalidArgumentError("ptdump is empty");
  dump_.ranges.reserve(text.size() / 96);  // A usual line.
  while (!text.empty()) {
    ++line_;
    size_t length = text.find('\n');
    if (length == absl::string_view::npos) return Wrong(line_, "last line is cut off", text);
    absl::Status status = AddLine(text.substr(0, length));
    if (!status.ok()) return status;
    text.remove_prefix(length + 1);
  }
  absl::Status status = CheckBothEnds();
  if (!status.ok()) return status;
  dump_.regions.back().end = dump_.ranges.size();

  int va_bits = 0;
  while (uint64_t{1} << va_bits != uint64_t{0} - dump_.ranges.front().start) ++va_bits;
  absl::StatusOr<Geometry> geometry = evidence_.Infer(va_bits, options.page_size);
  if (!geometry.ok()) return geometry.status();
  dump_.geometry = *geometry;
  for (Range& range : dump_.ranges)
    if (const char* what = SettleLevel(*geometry, &range)) return Wrong(range.line, what);
  return std::move(dump_);
}

}  // namespace

absl::StatusOr<Dump> ParsePtdump(absl::string_view text, const PtdumpOptions& options) {
  return Parser().Parse(text, options);
}

}  // namespace roxlab::pagetable
