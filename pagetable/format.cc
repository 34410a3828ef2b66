// SPDX-License-Identifier: Apache-2.0
#include "pagetable/format.h"

namespace roxlab::pagetable {
namespace {

// The bits of an address above 47, which have no place of their own in a descriptor or a TTBR.
// FEAT_LPA2 keeps bits 49:48 in place.
uint64_t HighAddress(const Format& format, uint64_t descriptor) {
  if (!format.wide_addresses) return 0;
  if (format.geometry.page_shift == 16) return Bits(descriptor, 15, 12) << 48;
  return Bits(descriptor, 9, 8) << 50 | Bits(descriptor, 49, 48) << 48;
}

}  // namespace

uint64_t OutputAddress(const Format& format, uint64_t descriptor, int level) {
  const uint64_t in_place = Bits(descriptor, 47, format.geometry.page_shift)
                            << format.geometry.page_shift;
  const uint64_t address = in_place | HighAddress(format, descriptor);
  return address & ~(format.geometry.EntryBytes(level) - 1);
}

}  // namespace roxlab::pagetable
