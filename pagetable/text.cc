// SPDX-License-Identifier: Apache-2.0
#include "pagetable/text.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/string_view.h"

namespace roxlab::pagetable {
namespace {

struct Word {
  Flag flag;
  absl::string_view set;
  absl::string_view clear;
};
constexpr Word kWords[] = {
    {kValid, "", "F"},        {kUser, "USR", ""},       {kReadOnly, "ro", "RW"},
    {kNoExec, "NX", "x"},     {kShared, "SHD", ""},     {kAccessed, "AF", ""},
    {kNotGlobal, "NG", ""},   {kContiguous, "CON", ""}, {kBlock, "BLK", ""},
    {kNoUserExec, "UXN", ""}, {kGuarded, "GP", ""},
};

void AppendWords(uint16_t flags, uint16_t of, std::string* text) {
  for (const Word& word : kWords) {
    if ((of & word.flag) == 0) continue;
    const absl::string_view chosen = (flags & word.flag) != 0 ? word.set : word.clear;
    if (!chosen.empty()) absl::StrAppend(text, chosen, " ");
  }
}

}  // namespace

absl::string_view MemoryText(MemoryType memory) {
  switch (memory) {
    case MemoryType::kNone:
      return "";
    case MemoryType::kNormal:
      return "MEM/NORMAL";
    case MemoryType::kNormalTagged:
      return "MEM/NORMAL-TAGGED";
    case MemoryType::kNormalNonCacheable:
      return "MEM/NORMAL-NC";
    case MemoryType::kNormalWriteThrough:
      return "MEM/NORMAL-WT";
    case MemoryType::kDeviceNGnRnE:
      return "DEVICE/nGnRnE";
    case MemoryType::kDeviceNGnRE:
      return "DEVICE/nGnRE";
    case MemoryType::kDeviceGRE:
      return "DEVICE/GRE";
  }
  return "";
}

std::string FlagText(uint16_t flags, MemoryType memory) {
  if (memory == MemoryType::kNone) return "nothing";
  std::string text;
  AppendWords(flags, 0xffff, &text);
  return absl::StrCat(text, MemoryText(memory));
}

std::string WalkText(const Walk& walk) {
  std::string text;
  text.reserve(walk.translations.size() * 96);
  for (const Translation& translation : walk.translations) {
    const Range& range = translation.range;
    absl::StrAppendFormat(&text, "0x%016x-0x%016x ", range.start, range.start + range.size);
    if (range.hole()) {
      absl::StrAppend(&text, "-");
    } else {
      absl::StrAppendFormat(&text, "0x%012x%s", translation.physical,
                            translation.repeated ? "=" : "");
    }
    absl::StrAppend(&text, " ", range.size >> 10, "K ", range.level);
    if (!range.hole()) absl::StrAppend(&text, " ", FlagText(range.flags, range.memory));
    if (translation.limits != 0) {
      absl::StrAppend(&text, " limits ");
      AppendWords(translation.limits, translation.limits, &text);
      text.pop_back();
    }
    text.push_back('\n');
  }
  return text;
}

}  // namespace roxlab::pagetable
