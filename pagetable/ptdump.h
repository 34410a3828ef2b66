// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_PAGETABLE_PTDUMP_H_
#define ROXLAB_PAGETABLE_PTDUMP_H_

#include <cstdint>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "pagetable/dump.h"

namespace roxlab::pagetable {

struct PtdumpOptions {
  // The kernel's page size in bytes: 4096, 16384 or 65536. 0: inferred. The text does not say it;
  // the largest page size is taken with which every printed level fits the alignment of its
  // addresses and the width of the address space. A whole dump of a real kernel leaves no doubt
  // (the fixmap alone has single pages); a short text made by hand may: give the size there.
  uint64_t page_size = 0;
};

// Reads the whole of /sys/kernel/debug/kernel_page_tables of an arm64 kernel, in the format of
// arch/arm64/mm/ptdump.c (7.3; the flags of 5.x and 6.x as well).
//
// The kernel's level names are static: "PGD" stands for the top level, whatever that is (folded
// levels print as PGD), and PTE, PMD, PUD, P4D for levels 3, 2, 1, 0. They become the
// architecture's levels here.
//
// The kernel prints ranges without a gap, so whatever was lost, torn, reordered or repeated shows:
// INVALID_ARGUMENT with the line's number for a text that is cut off at either end or in a line,
// a range that does not begin where the one before ended, a size that is not the distance of the
// addresses, an unknown level or flag, addresses that are not aligned to the level, flags that
// contradict each other or the level, markers that do not pair up.
//
// Takes at most two bytes of memory for a byte of text. Refuses texts over 1 GiB.
absl::StatusOr<Dump> ParsePtdump(absl::string_view text, const PtdumpOptions& options = {});

}  // namespace roxlab::pagetable

#endif  // ROXLAB_PAGETABLE_PTDUMP_H_
