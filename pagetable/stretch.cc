// SPDX-License-Identifier: Apache-2.0
#include "pagetable/stretch.h"

namespace roxlab::pagetable {

Stretch StretchOf(const Translation& translation, const Geometry& geometry) {
  return {translation.physical,
          translation.repeated ? geometry.PageBytes() : translation.range.size, &translation};
}

void SortByPhysical(Stretches* stretches) {
  std::sort(stretches->begin(), stretches->end(), [](const Stretch& a, const Stretch& b) {
    return a.physical != b.physical ? a.physical < b.physical
                                    : a.translation->range.start < b.translation->range.start;
  });
}

RegionSpan SpanOf(const Dump& dump, absl::string_view region) {
  for (const Region& one : dump.regions)
    if (one.name == region && one.end > one.first)
      return {dump.ranges[one.first].start, dump.ranges[one.end - 1].last()};
  return {};
}

}  // namespace roxlab::pagetable
