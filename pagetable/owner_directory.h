// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_PAGETABLE_OWNER_DIRECTORY_H_
#define ROXLAB_PAGETABLE_OWNER_DIRECTORY_H_

#include <cstdint>
#include <vector>

#include "pagetable/attribution.h"
#include "pagetable/stretch.h"

namespace roxlab::pagetable {

// The mappings that may own what the linear map has, and the places in them. Borrows both
// arguments.
class OwnerDirectory {
 public:
  OwnerDirectory(const Walk& walk, const RegionSpan& linear, const Ownership& ownership);

  // All valid ones outside of the linear map, by physical address.
  const Stretches& mappings() const { return mappings_; }

  // The place in the same mapping as `address`, which is in `translation`: the nearest below, or
  // else the first above; nullptr where there is none.
  const Ownership::Place* At(const Translation& translation, uint64_t address) const;

 private:
  struct Entry {
    uint64_t address;
    uint32_t run;
    const Ownership::Place* place;
  };

  uint32_t RunAt(uint64_t address) const;

  const std::vector<Translation>& translations_;
  // For each translation: a number that all have between the same two holes, 0 for a hole.
  // Allocations have a hole between them, but for those of one cache.
  std::vector<uint32_t> runs_;
  Stretches mappings_;
  std::vector<Entry> places_;  // By address.
};

}  // namespace roxlab::pagetable

#endif  // ROXLAB_PAGETABLE_OWNER_DIRECTORY_H_
