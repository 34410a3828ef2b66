// SPDX-License-Identifier: Apache-2.0
//
// A walk seen from physical memory: who maps the same page.
#ifndef ROXLAB_PAGETABLE_STRETCH_H_
#define ROXLAB_PAGETABLE_STRETCH_H_

#include <algorithm>
#include <cstdint>
#include <vector>

#include "absl/strings/string_view.h"
#include "pagetable/dump.h"
#include "pagetable/walk.h"

namespace roxlab::pagetable {

// A valid mapping, or a part of one, as a stretch of physical memory. Borrows the translation.
struct Stretch {
  uint64_t physical = 0;
  uint64_t size = 0;
  const Translation* translation = nullptr;

  uint64_t last() const { return physical + (size - 1); }
  bool writable() const { return (translation->effective_flags() & kReadOnly) == 0; }
  bool executable() const { return (translation->effective_flags() & kNoExec) == 0; }
  // Virtual address of a physical one within.
  uint64_t VirtualOf(uint64_t address) const {
    return translation->range.start + (translation->repeated ? 0 : address - translation->physical);
  }
};

using Stretches = std::vector<Stretch>;

// All of a valid translation.
Stretch StretchOf(const Translation& translation, const Geometry& geometry);

void SortByPhysical(Stretches* stretches);

// Calls `found(a, b, first, last)` for each pair of one of `as` and one of `bs` that share the
// physical memory from `first` to `last`, until it returns false. Both are sorted.
template <typename Found>
void ForEachOverlap(const Stretches& as, const Stretches& bs, const Found& found) {
  Stretches open;  // Of `bs`, those that may reach into what comes.
  size_t next = 0;
  for (const Stretch& a : as) {
    std::erase_if(open, [&](const Stretch& b) { return b.last() < a.physical; });
    for (; next < bs.size() && bs[next].physical <= a.last(); ++next)
      if (bs[next].last() >= a.physical) open.push_back(bs[next]);
    for (const Stretch& b : open)
      if (b.physical <= a.last() &&
          !found(a, b, std::max(a.physical, b.physical), std::min(a.last(), b.last())))
        return;
  }
}

// First and last address of a dump's region; nothing lies in it where the dump has none.
struct RegionSpan {
  uint64_t first = 1;
  uint64_t last = 0;

  bool Has(uint64_t address) const { return first <= address && address <= last; }
};
RegionSpan SpanOf(const Dump& dump, absl::string_view region);

}  // namespace roxlab::pagetable

#endif  // ROXLAB_PAGETABLE_STRETCH_H_
