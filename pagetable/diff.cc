// SPDX-License-Identifier: Apache-2.0
#include "pagetable/diff.h"

#include <algorithm>

namespace roxlab::pagetable {
namespace {

// Walks a dump's ranges along with ascending addresses.
class Cursor {
 public:
  explicit Cursor(const Dump& dump) : dump_(dump) {}

  // Goes to the range that holds `address`, which never decreases.
  void MoveTo(uint64_t address) {
    while (index_ < dump_.ranges.size() && dump_.ranges[index_].last() < address) ++index_;
    while (region_ < dump_.regions.size() && dump_.regions[region_].end <= index_) ++region_;
    inside_ = index_ < dump_.ranges.size() && dump_.ranges[index_].start <= address;
  }
  Mapping mapping() const {
    if (!inside_ || dump_.ranges[index_].hole()) return {};
    const Range& range = dump_.ranges[index_];
    return {range.level, range.flags, range.memory};
  }
  // Last address up to which mapping() holds.
  uint64_t last() const {
    if (inside_) return dump_.ranges[index_].last();
    return index_ < dump_.ranges.size() ? dump_.ranges[index_].start - 1 : ~uint64_t{0};
  }
  std::string region() const {
    return inside_ && region_ < dump_.regions.size() ? dump_.regions[region_].name : "";
  }

 private:
  const Dump& dump_;
  size_t index_ = 0;
  size_t region_ = 0;
  bool inside_ = false;
};

void Append(Difference next, std::vector<Difference>* differences) {
  if (!differences->empty()) {
    Difference& last = differences->back();
    if (last.start + last.size == next.start && last.before == next.before &&
        last.after == next.after && last.region == next.region) {
      last.size += next.size;
      return;
    }
  }
  differences->push_back(std::move(next));
}

}  // namespace

std::vector<Difference> DiffDumps(const Dump& before, const Dump& after) {
  std::vector<Difference> differences;
  if (before.ranges.empty() && after.ranges.empty()) return differences;
  uint64_t address = ~uint64_t{0};
  for (const Dump* dump : {&before, &after})
    if (!dump->ranges.empty()) address = std::min(address, dump->ranges.front().start);
  Cursor old_cursor(before);
  Cursor new_cursor(after);
  // The end of the address space is 2^64, where `address` wraps to 0.
  do {
    old_cursor.MoveTo(address);
    new_cursor.MoveTo(address);
    uint64_t last = std::min(old_cursor.last(), new_cursor.last());
    if (old_cursor.mapping() != new_cursor.mapping())
      Append({address, last - address + 1, old_cursor.mapping(), new_cursor.mapping(),
              new_cursor.region()},
             &differences);
    address = last + 1;
  } while (address != 0);
  return differences;
}

}  // namespace roxlab::pagetable
