// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_PAGETABLE_PTDUMP_LINE_H_
#define ROXLAB_PAGETABLE_PTDUMP_LINE_H_

#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"
#include "pagetable/dump.h"

// The lines of a ptdump, each by itself. Internal to the parser.
namespace roxlab::pagetable {

// The kernel's static names, in the order of kernel_pg_levels[] in arch/arm64/mm/ptdump.c.
enum class LevelName : int8_t { kPgd, kP4d, kPud, kPmd, kPte };

// Reads "0xSTART-0xEND   SIZE LEVEL FLAGS..." into `range` (all but line and level) and `level`.
// Returns what is wrong, or nullptr.
const char* ParseRangeLine(absl::string_view line, Range* range, LevelName* level);

// The part after the level: what dump_prot() prints. Sets flags and memory type.
const char* ParseFlags(absl::string_view rest, Range* range);

inline void SkipSpaces(absl::string_view* rest) {
  size_t n = 0;
  while (n < rest->size() && (*rest)[n] == ' ') ++n;
  rest->remove_prefix(n);
}

// Takes the word up to the next space.
inline absl::string_view TakeWord(absl::string_view* rest) {
  size_t n = 0;
  while (n < rest->size() && (*rest)[n] != ' ') ++n;
  absl::string_view word = rest->substr(0, n);
  rest->remove_prefix(n);
  return word;
}

// "---[ NAME ]---".
struct Marker {
  std::string region;  // Short name of the region that begins or ends here.
  bool ends = false;
};

// Whether `line` is a marker; then fills in `marker`.
bool ParseMarkerLine(absl::string_view line, Marker* marker);

}  // namespace roxlab::pagetable

#endif  // ROXLAB_PAGETABLE_PTDUMP_LINE_H_
