// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_PAGETABLE_INVARIANTS_H_
#define ROXLAB_PAGETABLE_INVARIANTS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "pagetable/dump.h"
#include "pagetable/walk.h"

namespace roxlab::pagetable {

// A promise of the kernel that a snapshot shows broken.
struct Violation {
  // "write-exec", "writable-alias", "stale-read-only", "not-linear", "contiguous".
  std::string rule;
  uint64_t address = 0;  // Where, virtual.
  uint64_t physical = 0;
  uint64_t size = 0;  // Bytes.
  // One line for people: what maps what how.
  std::string text;
};

struct InvariantOptions {
  // The kernel protects aliases too (rodata=on, which was once called full). With a weaker mode the
  // first three rules promise nothing.
  bool strict_rodata = true;
};

// Checks a moment in which nothing is half done:
//
//   write-exec       no physical page is writable through one mapping and executable through the
//                    same or another (all mappings of the kernel's half, EL1's view)
//   writable-alias   the linear alias of a page that is mapped executable elsewhere is read-only or
//                    not mapped
//   stale-read-only  a page that is read-only in the linear map is mapped read-only by somebody
//                    else as well: otherwise its owner is gone and has not given it back. Or it is
//                    of the kernel's image, which never goes: 7.2 keeps the alias of its data
//                    read-only. The image is what lies at the distance between virtual and physical
//                    address that the uppermost table has, as that is part of it (swapper_pg_dir)
//   not-linear       the linear map maps an address to the physical address at a fixed distance
//   contiguous       the entries of a group with the contiguous bit all have it, and equal
//                    attributes, and one aligned stretch of physical memory
//
// `regions_of`: a dump of the same moment, for the place of the linear map. At most `limit`
// violations, by address.
std::vector<Violation> CheckInvariants(const Walk& walk, const Dump& regions_of,
                                       const InvariantOptions& options, size_t limit = 20);

}  // namespace roxlab::pagetable

#endif  // ROXLAB_PAGETABLE_INVARIANTS_H_
