// SPDX-License-Identifier: Apache-2.0
//
// Any memory as a guest's: two registers, then memory from 0x40000000 on. The walk is refused, or
// covers the kernel's half without gap or overlap.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <string>
#include <vector>

#include "pagetable/invariants.h"
#include "pagetable/text.h"
#include "pagetable/walk.h"
#include "tests/unit/pagetable_tables.h"

namespace roxlab::pagetable {
namespace {

constexpr uint64_t kBase = 0x40000000;

void Check(const Walk& walk) {
  uint64_t next = ~uint64_t{0} << walk.geometry.va_bits;
  for (const Translation& translation : walk.translations) {
    if (translation.range.start != next || translation.range.size == 0) std::abort();
    next = translation.range.start + translation.range.size;
  }
  if (next != 0) std::abort();
  // Split in two regions, as a dump would.
  Dump regions;
  Range low, high;
  low.start = walk.translations.front().range.start;
  low.size = (0 - low.start) / 2;
  high.start = low.start + low.size;
  high.size = 0 - high.start;
  regions.ranges = {low, high};
  regions.regions = {{"linear", 0, 1}, {"modules", 1, 2}};
  const Dump dump = ToDump(walk, regions);
  if (dump.ranges.size() < walk.translations.size()) std::abort();
  CheckInvariants(walk, regions, {});
  if (WalkText(walk).empty()) std::abort();
}

// What a real kernel's tables look like, in each page size.
void WriteSeeds(const std::string& directory) {
  int number = 0;
  for (const Geometry geometry : {Geometry{12, 48}, Geometry{12, 39}, Geometry{14, 47},
                                  Geometry{16, 42}, Geometry{16, 48}, Geometry{12, 52}}) {
    GuestTables tables(geometry, kBase, geometry.page_shift == 16 ? 4 : 8);
    const uint64_t start = ~uint64_t{0} << geometry.va_bits;
    tables.MapPages(start, 0x80000000, 40, kLeafRw);
    tables.MapPages(start + 0x10 * geometry.PageBytes(), 0x80010000, 16, kLeafRo | kCont);
    tables.Map(start + geometry.EntryBytes(2), 0x80000000, 2, kLeafRox);
    const PhysicalMemory memory = tables.memory();
    const TranslationRegisters registers = tables.registers();
    std::ofstream file(directory + "/seed" + std::to_string(number++), std::ios::binary);
    file.write(reinterpret_cast<const char*>(&registers.ttbr1), 8);
    file.write(reinterpret_cast<const char*>(&registers.tcr), 8);
    file.write(reinterpret_cast<const char*>(memory.At(kBase, memory.bytes() / 8)),
               static_cast<std::streamsize>(memory.bytes()));
  }
}

}  // namespace
}  // namespace roxlab::pagetable

extern "C" int LLVMFuzzerInitialize(int* argc, char*** argv) {
  const std::string option = "--write-seeds=";
  for (int i = 1; i < *argc; ++i)
    if (std::string word = (*argv)[i]; word.rfind(option, 0) == 0)
      roxlab::pagetable::WriteSeeds(word.substr(option.size()));
  return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace roxlab::pagetable;
  std::vector<uint64_t> words(size / 8);
  if (words.size() < 3) return 0;
  std::memcpy(words.data(), data, words.size() * 8);
  const PhysicalMemory memory(kBase, absl::MakeConstSpan(words).subspan(2));
  absl::StatusOr<Walk> walk = WalkTables(memory, {words[0], words[1]});
  if (walk.ok()) Check(*walk);
  return 0;
}
