// SPDX-License-Identifier: Apache-2.0
#include "pagetable/geometry.h"

namespace roxlab::pagetable {

int Geometry::Levels() const { return (va_bits - 4) / (page_shift - 3); }

uint64_t Geometry::ContiguousEntries(int level) const {
  switch (page_shift) {
    case 16:
      return 32;
    case 14:
      return level == 3 ? 128 : 32;
    default:
      return 16;
  }
}

bool IsKernelGeometry(const Geometry& geometry) {
  switch (geometry.page_shift) {
    case 12:
      return geometry.va_bits == 39 || geometry.va_bits == 48 || geometry.va_bits == 52;
    case 14:
      return geometry.va_bits == 36 || geometry.va_bits == 47 || geometry.va_bits == 48 ||
             geometry.va_bits == 52;
    case 16:
      return geometry.va_bits == 42 || geometry.va_bits == 48 || geometry.va_bits == 52;
    default:
      return false;
  }
}

}  // namespace roxlab::pagetable
