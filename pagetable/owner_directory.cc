// SPDX-License-Identifier: Apache-2.0
#include "pagetable/owner_directory.h"

#include <algorithm>
#include <iterator>

namespace roxlab::pagetable {

OwnerDirectory::OwnerDirectory(const Walk& walk, const RegionSpan& linear,
                               const Ownership& ownership)
    : translations_(walk.translations) {
  uint32_t run = 1;
  for (const Translation& translation : translations_) {
    const bool hole = !translation.range.valid();
    runs_.push_back(hole ? 0 : run);
    run += hole;
    if (translation.range.valid() && !linear.Has(translation.range.start))
      mappings_.push_back(StretchOf(translation, walk.geometry));
  }
  SortByPhysical(&mappings_);
  for (const Ownership::Place& place : ownership.places)
    places_.push_back({place.address, RunAt(place.address), &place});
  std::sort(places_.begin(), places_.end(),
            [](const Entry& a, const Entry& b) { return a.address < b.address; });
}

const Ownership::Place* OwnerDirectory::At(const Translation& translation, uint64_t address) const {
  const uint32_t run = runs_[&translation - translations_.data()];
  auto above = std::upper_bound(places_.begin(), places_.end(), address,
                                [](uint64_t at, const Entry& entry) { return at < entry.address; });
  if (above != places_.begin() && std::prev(above)->run == run) return std::prev(above)->place;
  return above != places_.end() && above->run == run ? above->place : nullptr;
}

uint32_t OwnerDirectory::RunAt(uint64_t address) const {
  auto above = std::upper_bound(
      translations_.begin(), translations_.end(), address,
      [](uint64_t at, const Translation& translation) { return at < translation.range.start; });
  return above == translations_.begin() ? 0 : runs_[above - translations_.begin() - 1];
}

}  // namespace roxlab::pagetable
