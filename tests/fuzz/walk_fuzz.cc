// SPDX-License-Identifier: Apache-2.0
//
// Any memory as a guest's: two registers, then memory from 0x40000000 on. The walk is refused, or
// covers the kernel's half without gap or overlap.
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <fstream>
#include <string>
#include <vector>

#include "pagetable/walk.h"
#include "tests/fuzz/walk_check.h"

namespace roxlab::pagetable {
namespace {

void WriteSeeds(const std::string& directory) {
  ForSeeds([&](int number, const GuestTables& tables, Geometry) {
    const PhysicalMemory memory = tables.memory();
    const TranslationRegisters registers = tables.registers();
    std::ofstream file(directory + "/seed" + std::to_string(number), std::ios::binary);
    file.write(reinterpret_cast<const char*>(&registers.ttbr1), 8);
    file.write(reinterpret_cast<const char*>(&registers.tcr), 8);
    file.write(reinterpret_cast<const char*>(memory.At(kSeedBase, memory.bytes() / 8)),
               static_cast<std::streamsize>(memory.bytes()));
  });
}

}  // namespace
}  // namespace roxlab::pagetable

extern "C" int LLVMFuzzerInitialize(int* argc, char*** argv) {
  roxlab::pagetable::TakeSeedsOption(*argc, *argv, roxlab::pagetable::WriteSeeds);
  return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace roxlab::pagetable;
  std::vector<uint64_t> words(size / 8);
  if (words.size() < 3) return 0;
  std::memcpy(words.data(), data, words.size() * 8);
  const PhysicalMemory memory(kSeedBase, absl::MakeConstSpan(words).subspan(2));
  absl::StatusOr<Walk> walk = WalkTables(memory, {words[0], words[1]});
  if (walk.ok()) CheckWalk(*walk);
  return 0;
}
