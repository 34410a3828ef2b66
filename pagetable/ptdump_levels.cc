// SPDX-License-Identifier: Apache-2.0
#include "pagetable/ptdump_levels.h"

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace roxlab::pagetable {
namespace {

// The level that a name stands for, or kNoLevel where such a kernel never prints it: note_page()
// in arch/arm64/mm/ptdump.c turns folded P4D and PUD levels into PGD (but not PMD: with two levels
// of tables blocks print as PMD and holes as PGD).
constexpr int kNoLevel = 9;
int LevelOf(const Geometry& geometry, LevelName name) {
  if (name == LevelName::kPgd) return geometry.TopLevel();
  int level = static_cast<int>(name) - 1;
  bool folded = name < LevelName::kPmd && level <= geometry.TopLevel();
  return folded ? kNoLevel : level;
}

bool Aligned(const Geometry& geometry, int level, uint64_t addresses) {
  return (addresses & (geometry.EntryBytes(level) - 1)) == 0;
}

}  // namespace

bool LevelEvidence::Agrees(const Geometry& geometry) const {
  for (size_t i = 0; i < bits_.size(); ++i) {
    if (!seen_[i]) continue;
    int level = LevelOf(geometry, static_cast<LevelName>(i));
    if (level == kNoLevel || !Aligned(geometry, level, bits_[i])) return false;
  }
  return true;
}

absl::StatusOr<Geometry> LevelEvidence::Infer(int va_bits, uint64_t page_size) const {
  Geometry smallest{.page_shift = 0, .va_bits = va_bits};
  for (int page_shift : {16, 14, 12}) {
    Geometry geometry{.page_shift = page_shift, .va_bits = va_bits};
    if (!IsKernelGeometry(geometry)) continue;
    if (page_size == geometry.PageBytes()) return geometry;
    if (page_size == 0 && Agrees(geometry)) return geometry;
    smallest = geometry;
  }
  if (page_size != 0 || smallest.page_shift == 0)
    return absl::InvalidArgumentError(
        absl::StrCat("ptdump: arm64 has no kernel with ",
                     page_size == 0 ? "" : absl::StrCat("pages of ", page_size, " bytes and "),
                     "addresses of ", va_bits, " bits"));
  return smallest;
}

const char* SettleLevel(const Geometry& geometry, Range* range) {
  int level = LevelOf(geometry, static_cast<LevelName>(range->level));
  if (level == kNoLevel) return "level is folded in this kernel";
  if (!Aligned(geometry, level, range->start | (range->start + range->size)))
    return "range is not aligned to its level";
  range->level = static_cast<int8_t>(level);
  if (!range->valid()) return nullptr;
  if (level < 0) return "entry of a level that has no blocks";
  if ((level == 3) == ((range->flags & kBlock) != 0))
    return level == 3 ? "page that says it is a block" : "block that does not say so";
  return nullptr;
}

}  // namespace roxlab::pagetable
