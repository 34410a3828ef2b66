// SPDX-License-Identifier: Apache-2.0
//
// Who keeps the linear map from being made of blocks.
#ifndef ROXLAB_PAGETABLE_ATTRIBUTION_H_
#define ROXLAB_PAGETABLE_ATTRIBUTION_H_

#include <cstdint>
#include <string>
#include <vector>

#include "pagetable/dump.h"
#include "pagetable/walk.h"

namespace roxlab::pagetable {

// What memory is used for, as far as it can split a block. In the order in which a kernel would
// think of putting it together: executable memory first.
enum class OwnerKind : uint8_t {
  kModuleText,
  kBpf,
  kKprobes,
  kTrampolines,      // Of ftrace.
  kOtherExecutable,  // Mapped executable elsewhere, by nobody that is known.
  kModuleRodata,
  kModuleRoAfterInit,
  kOtherReadOnly,  // Not writable in the linear map; owner not known.
  kKernelImage,
  kNotMapped,  // Nothing valid in the linear map: no memory, or kept away from the kernel.
  kOtherAttributes,
};
// Whether memory of this kind could be put together in blocks of its own.
bool CanBeCached(OwnerKind kind);
inline constexpr int kOwnerKinds = static_cast<int>(OwnerKind::kOtherAttributes) + 1;

// What the kernel says about its memory.
struct Ownership {
  // An address in an allocation, e.g. of one section of each kind that a module has.
  struct Place {
    uint64_t address = 0;  // Virtual.
    OwnerKind kind = OwnerKind::kModuleText;
    std::string name;  // Module, BPF program or symbol.
  };
  // Physical memory with a name of its own, e.g. "Kernel code" of /proc/iomem.
  struct Area {
    uint64_t first = 0, last = 0;
    std::string name;
  };
  std::vector<Place> places;
  std::vector<Area> image;
};

struct Attribution {
  struct Owner {
    OwnerKind kind = OwnerKind::kOtherAttributes;
    std::string name;     // Empty where nothing but the kind is known.
    uint64_t blocks = 0;  // In which it has at least a page.
    uint64_t pages = 0;
    // Level-3 entries fewer if all its pages lay together in blocks of their own: those of the
    // blocks that nobody else splits.
    uint64_t saves = 0;
  };
  struct Kind {
    OwnerKind kind = OwnerKind::kOtherAttributes;
    uint64_t blocks = 0;
    uint64_t pages = 0;
    uint64_t saves = 0;             // As of Owner, if all of this kind did.
    uint64_t saves_with_above = 0;  // If all of this kind and of those before it did.
  };
  struct Share {
    size_t owner = 0;  // Of `owners`.
    uint64_t pages = 0;
  };
  struct Block {
    uint64_t start = 0;    // Virtual, in the linear map.
    uint64_t entries = 0;  // Of level 3; not those that are zero.
    // All entries are alike: nothing but history keeps it from being a block.
    bool alike = false;
    // Of the pages that are unlike the linear map at large, largest first; none where all are
    // alike.
    std::vector<Share> shares;
  };

  uint64_t block_bytes = 0;    // What a level-2 entry maps.
  uint64_t linear_blocks = 0;  // Of this size, whole or split, that the linear map has entries for.
  uint64_t entries = 0;        // Level-3 entries of the linear map, those of `blocks`.
  uint64_t alike_blocks = 0;   // Blocks that are only split by history ...
  uint64_t alike_entries = 0;  // ... and the entries that joining them would save.
  std::vector<Block> blocks;   // Those that are split, ascending.
  std::vector<Owner> owners;   // By what caching them saves, then by pages: most first.
  std::vector<Kind> kinds;     // Those that there are, in the order of OwnerKind.
};

// Names the owner of every page that is mapped otherwise than the linear map at large in a block
// that is made of pages. The owner of a physical page is found through its other mappings: a place
// lies in the same uninterrupted mapping (nearest below, or else the first above).
// `regions_of`: a dump of the same moment, for the place of the linear map. Time and memory in
// proportion to the translations and to the pages that differ; a page that is mapped absurdly often
// may be left without its owner.
Attribution Attribute(const Walk& walk, const Dump& regions_of, const Ownership& ownership);

}  // namespace roxlab::pagetable

#endif  // ROXLAB_PAGETABLE_ATTRIBUTION_H_
