// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_PAGETABLE_TEXT_H_
#define ROXLAB_PAGETABLE_TEXT_H_

#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"
#include "pagetable/dump.h"
#include "pagetable/walk.h"

namespace roxlab::pagetable {

// A memory type in ptdump's words, e.g. "MEM/NORMAL"; empty for none.
absl::string_view MemoryText(MemoryType memory);

// Flags and memory type in ptdump's words, e.g. "ro NX SHD AF UXN MEM/NORMAL"; "nothing" for a
// hole.
std::string FlagText(uint16_t flags, MemoryType memory);

// A whole walk, one translation a line, ascending:
//   0xSTART-0xEND PHYSICAL SIZE LEVEL FLAGS
// with the end exclusive (0 for 2^64), the physical address of the start ("-" for a hole, with "="
// after it where every entry maps that page), the size in KiB, and at the end "limits FLAGS" where
// the tables above take something away.
std::string WalkText(const Walk& walk);

}  // namespace roxlab::pagetable

#endif  // ROXLAB_PAGETABLE_TEXT_H_
