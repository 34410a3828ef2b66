// SPDX-License-Identifier: Apache-2.0
#include <array>

#include "pagetable/ptdump_line.h"

namespace roxlab::pagetable {
namespace {

struct FlagWord {
  absl::string_view word;
  uint16_t set;    // Flags that are set by the word.
  uint16_t about;  // Flags that the word decides: none of them may be decided twice.
};
constexpr uint16_t kNothing = 0;
constexpr std::array<FlagWord, 13> kFlagWords = {{{"RW", kNothing, kReadOnly},
                                                  {"ro", kReadOnly, kReadOnly},
                                                  {"NX", kNoExec, kNoExec},
                                                  {"x", kNothing, kNoExec},
                                                  {"SHD", kShared, kShared},
                                                  {"AF", kAccessed, kAccessed},
                                                  {"UXN", kNoUserExec, kNoUserExec},
                                                  {"BLK", kBlock, kBlock},
                                                  {"CON", kContiguous, kContiguous},
                                                  {"F", kNothing, kValid},
                                                  {"NG", kNotGlobal, kNotGlobal},
                                                  {"GP", kGuarded, kGuarded},
                                                  {"USR", kUser, kUser}}};

MemoryType ReadMemoryType(absl::string_view word) {
  if (word == "MEM/NORMAL") return MemoryType::kNormal;
  if (word == "MEM/NORMAL-TAGGED") return MemoryType::kNormalTagged;
  if (word == "MEM/NORMAL-NC") return MemoryType::kNormalNonCacheable;
  if (word == "MEM/NORMAL-WT") return MemoryType::kNormalWriteThrough;
  if (word == "DEVICE/nGnRnE") return MemoryType::kDeviceNGnRnE;
  if (word == "DEVICE/nGnRE") return MemoryType::kDeviceNGnRE;
  if (word == "DEVICE/GRE") return MemoryType::kDeviceGRE;
  return MemoryType::kNone;
}

const FlagWord* FindFlag(absl::string_view word) {
  for (const FlagWord& flag : kFlagWords)
    if (flag.word == word) return &flag;
  return nullptr;
}

}  // namespace

// The flags are in a fixed order and end with the memory type, which every descriptor has: a line
// that was cut inside its flags lacks it.
const char* ParseFlags(absl::string_view rest, Range* range) {
  unsigned set = kValid;
  unsigned decided = 0;
  for (SkipSpaces(&rest); !rest.empty(); SkipSpaces(&rest)) {
    absl::string_view word = TakeWord(&rest);
    if (range->memory != MemoryType::kNone) return "text after the memory type";
    if (const FlagWord* flag = FindFlag(word)) {
      if ((decided & flag->about) != 0) return "contradicting flags";
      decided |= flag->about;
      set = (set & ~unsigned{flag->about}) | flag->set;
    } else if (range->memory = ReadMemoryType(word); range->memory == MemoryType::kNone) {
      return "unknown flag";
    }
  }
  if (range->memory == MemoryType::kNone) return "flags without a memory type: torn line";
  constexpr unsigned kAlwaysPrinted = kReadOnly | kNoExec;
  if ((decided & kAlwaysPrinted) != kAlwaysPrinted) return "flags without permissions: torn line";
  range->flags = static_cast<uint16_t>(set);
  return nullptr;
}

}  // namespace roxlab::pagetable
