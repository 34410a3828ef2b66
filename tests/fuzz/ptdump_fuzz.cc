// SPDX-License-Identifier: Apache-2.0
//
// Any text as a dump: it is refused, or is a dump that keeps its promises.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "pagetable/census.h"
#include "pagetable/diff.h"
#include "pagetable/ptdump.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace roxlab::pagetable;
  absl::StatusOr<Dump> dump =
      ParsePtdump(absl::string_view(reinterpret_cast<const char*>(data), size));
  if (!dump.ok()) return 0;
  uint64_t next = dump->ranges.empty() ? 0 : dump->ranges.front().start;
  for (const Range& range : dump->ranges) {
    if (range.start != next || range.size == 0) std::abort();
    next = range.start + range.size;
  }
  if (next != 0 && !dump->ranges.empty()) std::abort();
  if (TakeCensus(*dump).regions.empty() != dump->regions.empty()) std::abort();
  if (!DiffDumps(*dump, *dump).empty()) std::abort();
  return 0;
}
