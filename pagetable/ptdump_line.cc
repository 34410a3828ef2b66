// SPDX-License-Identifier: Apache-2.0
#include "pagetable/ptdump_line.h"

#include <array>

namespace roxlab::pagetable {
namespace {

constexpr size_t kAddressDigits = 16;
constexpr size_t kAddressesLength = 2 * (2 + kAddressDigits) + 1;  // "0x...-0x..."

// Value of a hexadecimal digit as %lx prints it, 0x80 for anything else.
constexpr std::array<uint8_t, 256> MakeHexTable() {
  std::array<uint8_t, 256> table{};
  for (uint8_t& value : table) value = 0x80;
  for (uint8_t i = 0; i < 10; ++i) table[static_cast<size_t>('0' + i)] = i;
  for (uint8_t i = 0; i < 6; ++i)
    table[static_cast<size_t>('a' + i)] = static_cast<uint8_t>(10 + i);
  return table;
}
constexpr std::array<uint8_t, 256> kHex = MakeHexTable();

// Reads "0x" and 16 digits at `p`.
bool ReadAddress(const char* p, uint64_t* value) {
  if (p[0] != '0' || p[1] != 'x') return false;
  uint64_t result = 0;
  unsigned seen = 0;
  for (size_t i = 0; i < kAddressDigits; ++i) {
    uint8_t digit = kHex[static_cast<unsigned char>(p[2 + i])];
    seen |= digit;
    result = result << 4 | (digit & 0xf);
  }
  *value = result;
  return (seen & 0x80) == 0;
}

// Reads "2M" as 2^21; false when it is no size or does not fit.
bool ReadSize(absl::string_view word, uint64_t* bytes) {
  constexpr absl::string_view kUnits = "KMGTPE";
  if (word.size() < 2 || word.size() > 20) return false;
  size_t unit = kUnits.find(word.back());
  if (unit == absl::string_view::npos) return false;
  uint64_t value = 0;
  for (char c : word.substr(0, word.size() - 1)) {
    if (c < '0' || c > '9') return false;
    value = value * 10 + static_cast<uint64_t>(c - '0');
  }
  int shift = 10 * (static_cast<int>(unit) + 1);
  *bytes = value << shift;
  return value != 0 && *bytes >> shift == value;
}

bool ReadLevel(absl::string_view word, LevelName* level) {
  constexpr std::array<absl::string_view, 5> kNames = {"PGD", "P4D", "PUD", "PMD", "PTE"};
  for (size_t i = kNames.size(); i-- > 0;) {
    if (word != kNames[i]) continue;
    *level = static_cast<LevelName>(i);
    return true;
  }
  return false;
}

}  // namespace

const char* ParseRangeLine(absl::string_view line, Range* range, LevelName* level) {
  uint64_t end = 0;
  if (line.size() < kAddressesLength || !ReadAddress(line.data(), &range->start) ||
      line[2 + kAddressDigits] != '-' || !ReadAddress(line.data() + 3 + kAddressDigits, &end))
    return "not a range or marker";
  line.remove_prefix(kAddressesLength);

  uint64_t printed = 0;
  SkipSpaces(&line);
  if (!ReadSize(TakeWord(&line), &printed)) return "impossible size";
  // An end of 0 is 2^64: unsigned arithmetic gives the right distance.
  range->size = end - range->start;
  if (end != 0 && end <= range->start) return "range ends before it starts";
  if (printed != range->size) return "size is not the distance of the addresses";

  SkipSpaces(&line);
  if (!ReadLevel(TakeWord(&line), level)) return "unknown level";
  range->flags = 0;
  range->memory = MemoryType::kNone;
  return line.empty() ? nullptr : ParseFlags(line, range);
}

}  // namespace roxlab::pagetable
