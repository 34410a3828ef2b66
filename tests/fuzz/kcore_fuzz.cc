// SPDX-License-Identifier: Apache-2.0
//
// Any bytes as what a probe read through /proc/kcore: they are refused, or give a walk that covers
// the kernel's half without gap or overlap.
#include <cstddef>
#include <cstdint>
#include <fstream>
#include <string>

#include "runner/collect/kcore_image.h"
#include "tests/fuzz/walk_check.h"
#include "tests/unit/kcore_record.h"

namespace roxlab {
namespace {

void WriteSeeds(const std::string& directory) {
  pagetable::ForSeeds(
      [&](int number, const pagetable::GuestTables& tables, pagetable::Geometry geometry) {
        const bool wide = geometry.page_shift == 16 || geometry.va_bits == 52;
        std::ofstream(directory + "/seed" + std::to_string(number), std::ios::binary)
            << KcoreRecord(tables, geometry, wide);
      });
}

}  // namespace
}  // namespace roxlab

extern "C" int LLVMFuzzerInitialize(int* argc, char*** argv) {
  roxlab::pagetable::TakeSeedsOption(*argc, *argv, roxlab::WriteSeeds);
  return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  absl::StatusOr<roxlab::pagetable::Walk> walk =
      roxlab::WalkKcore({reinterpret_cast<const char*>(data), size});
  if (walk.ok()) roxlab::pagetable::CheckWalk(*walk);
  return 0;
}
