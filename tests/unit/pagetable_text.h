// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_TESTS_UNIT_PAGETABLE_TEXT_H_
#define ROXLAB_TESTS_UNIT_PAGETABLE_TEXT_H_

#include <gtest/gtest.h>

#include <cstdint>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "pagetable/ptdump.h"

// Texts of page-table dumps for tests.
namespace roxlab::pagetable {

// What ptdump prints after the level's name, in its own columns.
constexpr char kPage[] = "       RW NX SHD AF            UXN    MEM/NORMAL";
constexpr char kPageRo[] = "       ro NX SHD AF            UXN    MEM/NORMAL";
constexpr char kPageCon[] = "       RW NX SHD AF     CON     UXN    MEM/NORMAL";
constexpr char kBlockRw[] = "       RW NX SHD AF         BLK UXN    MEM/NORMAL";
constexpr char kBlockCon[] = "       RW NX SHD AF     CON BLK UXN    MEM/NORMAL";
constexpr char kText[] = "       ro x  SHD AF            UXN    MEM/NORMAL";
constexpr char kWriteExec[] = "       RW x  SHD AF            UXN    MEM/NORMAL";
constexpr char kInvalid[] = " F     RW NX SHD AF NG         UXN    MEM/NORMAL";

// Prints one range as note_page() of arch/arm64/mm/ptdump.c does; `end` 0 is 2^64.
inline std::string RangeLine(uint64_t start, uint64_t end, const char* level,
                             const char* flags = "") {
  uint64_t delta = (end - start) >> 10;
  const char* unit = "KMGTPE";
  while ((delta & 1023) == 0 && unit[1] != '\0') {
    delta >>= 10;
    ++unit;
  }
  return absl::StrFormat("0x%016x-0x%016x   %9u%c %s%s\n", start, end, delta, *unit, level, flags);
}

constexpr uint64_t kLinear = 0xffff000000000000;  // Start of a 48-bit linear map.
constexpr uint64_t kMiB = uint64_t{1} << 20;

struct Part {
  uint64_t size;
  const char* level;
  const char* flags = "";
};

// A whole 48-bit dump: `parts` one after another from the start of the linear map, then a hole to
// the end of what the last top-level entry maps, and to the end of the address space.
inline std::string LinearDump(const std::vector<Part>& parts,
                              uint64_t top_bytes = uint64_t{1} << 39) {
  std::string text = "---[ Linear Mapping start ]---\n";
  uint64_t at = kLinear;
  for (const Part& part : parts) {
    absl::StrAppend(&text, RangeLine(at, at + part.size, part.level, part.flags));
    at += part.size;
  }
  uint64_t top = (at + top_bytes - 1) & ~(top_bytes - 1);
  for (uint64_t size = 4096; at != top; size <<= 1) {
    if ((at & size) == 0) continue;
    const char* level = size < 2 * kMiB ? "PTE" : size < 1024 * kMiB ? "PMD" : "PUD";
    absl::StrAppend(&text, RangeLine(at, at + size, level));
    at += size;
  }
  return absl::StrCat(text, RangeLine(top, 0, "PGD"));
}

inline Dump MustParse(absl::string_view text, uint64_t page_size = 4096) {
  absl::StatusOr<Dump> dump = ParsePtdump(text, {.page_size = page_size});
  EXPECT_TRUE(dump.ok()) << dump.status();
  return dump.ok() ? *std::move(dump) : Dump();
}

inline std::string TestData(const std::string& name) {
  std::ifstream file(absl::StrCat(ROXLAB_SOURCE_DIR, "/tests/data/", name));
  EXPECT_TRUE(file.good()) << name;
  std::stringstream content;
  content << file.rdbuf();
  return content.str();
}

}  // namespace roxlab::pagetable

#endif  // ROXLAB_TESTS_UNIT_PAGETABLE_TEXT_H_
