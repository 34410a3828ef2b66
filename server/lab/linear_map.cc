// SPDX-License-Identifier: Apache-2.0
#include "server/lab/linear_map.h"

#include <algorithm>
#include <cstdint>
#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "absl/types/span.h"
#include "common/status_macros.h"
#include "pagetable/ptdump.h"
#include "pagetable/text.h"
#include "server/lab/lab.h"
#include "server/lab/queries.h"

namespace roxlab {
namespace {

using pagetable::Range;

constexpr uint16_t kTold =
    pagetable::kValid | pagetable::kContiguous | pagetable::kReadOnly | pagetable::kNoExec;

// What tells kinds apart: level, flags, memory type.
using Key = std::tuple<int, uint16_t, pagetable::MemoryType>;

Key KeyOf(const Range& range) {
  return {range.level, static_cast<uint16_t>(range.flags & kTold), range.memory};
}

v1::MapKind KindOf(const Range& range) {
  v1::MapKind kind;
  // Level -1, which holds no leaf, counts as 0.
  kind.set_level(static_cast<uint32_t>(std::max<int>(range.level, 0)));
  kind.set_hole(range.hole());
  if (range.hole()) return kind;
  kind.set_valid(range.valid());
  kind.set_contiguous((range.flags & pagetable::kContiguous) != 0);
  kind.set_read_only((range.flags & pagetable::kReadOnly) != 0);
  kind.set_executable((range.flags & pagetable::kNoExec) == 0);
  kind.set_memory(std::string(absl::StripPrefix(pagetable::MemoryText(range.memory), "MEM/")));
  return kind;
}

// The ranges of the linear map from its lowest entry to its highest.
absl::Span<const Range> Entries(const pagetable::Dump& dump) {
  absl::Span<const Range> ranges;
  for (const pagetable::Region& region : dump.regions)
    if (region.name == "linear")
      ranges = absl::MakeSpan(dump.ranges).subspan(region.first, region.end - region.first);
  while (!ranges.empty() && ranges.front().hole()) ranges.remove_prefix(1);
  while (!ranges.empty() && ranges.back().hole()) ranges.remove_suffix(1);
  return ranges;
}

// The dump of the run after the phase.
absl::StatusOr<v1::Artifact> DumpOf(const v1::Run& run, const std::string& phase) {
  std::vector<std::string> phases;
  for (const v1::Snapshot& snapshot : run.snapshots()) {
    if (snapshot.collector() != "ptdump" || snapshot.raw().sha256().empty()) continue;
    if (snapshot.phase() == phase) return snapshot.raw();
    phases.push_back(snapshot.phase());
  }
  return absl::FailedPreconditionError(absl::StrCat(
      "run ", run.id(), " has no dump of phase '", phase.substr(0, 120),
      phases.empty() ? "', nor of any other" : "', but of: ", absl::StrJoin(phases, " ")));
}

}  // namespace

v1::LinearMap LinearMapOf(const pagetable::Dump& dump) {
  const pagetable::Geometry& geometry = dump.geometry;
  v1::LinearMap map;
  map.set_page_bytes(geometry.PageBytes());
  map.set_block_bytes(geometry.EntryBytes(2));
  map.set_contiguous_pages(static_cast<uint32_t>(geometry.ContiguousEntries(3)));
  map.set_contiguous_blocks(static_cast<uint32_t>(geometry.ContiguousEntries(2)));
  const absl::Span<const Range> ranges = Entries(dump);
  if (!ranges.empty()) map.set_start(ranges.front().start);
  std::map<Key, uint32_t> kinds;
  for (const Range& range : ranges) {
    const auto [kind, is_new] =
        kinds.try_emplace(KeyOf(range), static_cast<uint32_t>(kinds.size()));
    if (is_new) *map.add_kinds() = KindOf(range);
    const uint64_t pages = range.size / geometry.PageBytes();
    const int last = map.kind_size() - 1;
    if (last >= 0 && map.kind(last) == kind->second) {
      map.set_pages(last, map.pages(last) + pages);
    } else {
      map.add_kind(kind->second);
      map.add_pages(pages);
    }
  }
  return map;
}

absl::StatusOr<v1::LinearMap> GetLinearMap(Lab& lab, const v1::GetLinearMapRequest& request) {
  ROXLAB_ASSIGN_OR_RETURN(const v1::Run run, GetRun(lab, request.run()));
  ROXLAB_ASSIGN_OR_RETURN(const v1::Artifact artifact, DumpOf(run, request.phase()));
  ROXLAB_ASSIGN_OR_RETURN(const std::string text, lab.store().ReadAll(artifact.sha256()));
  const absl::StatusOr<pagetable::Dump> dump = pagetable::ParsePtdump(text);
  if (!dump.ok())
    return absl::DataLossError(absl::StrCat("run ", run.id(), ", dump of phase '", request.phase(),
                                            "': ", dump.status().message()));
  return LinearMapOf(*dump);
}

}  // namespace roxlab
