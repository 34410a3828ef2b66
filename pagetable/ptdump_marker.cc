// SPDX-License-Identifier: Apache-2.0
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/strip.h"
#include "pagetable/ptdump_line.h"

namespace roxlab::pagetable {
namespace {

// Letters and digits in lower case, each run of anything else one underscore.
std::string LowerSnake(absl::string_view text) {
  std::string name;
  for (char c : text) {
    if (absl::ascii_isalnum(static_cast<unsigned char>(c)))
      name += absl::ascii_tolower(static_cast<unsigned char>(c));
    else if (!name.empty() && name.back() != '_')
      name += '_';
  }
  while (absl::EndsWith(name, "_")) name.pop_back();
  return name.empty() ? "unnamed" : name;
}

std::string RegionName(absl::string_view title) {
  std::string name = LowerSnake(title);
  if (name == "linear_mapping") return "linear";
  if (name == "kasan_shadow") return "kasan";
  if (name == "pci_i_o") return "pci_io";
  return name;  // modules, vmalloc, vmemmap, fixmap, or one we do not know.
}

}  // namespace

// The texts are those of ptdump_init() in arch/arm64/mm/ptdump.c. Older kernels have regions with a
// single marker at their start ("Linear Mapping").
bool ParseMarkerLine(absl::string_view line, Marker* marker) {
  if (!absl::ConsumePrefix(&line, "---[ ") || !absl::ConsumeSuffix(&line, " ]---")) return false;
  marker->ends = absl::ConsumeSuffix(&line, " end");
  if (!marker->ends && !absl::ConsumeSuffix(&line, " start")) absl::ConsumeSuffix(&line, " area");
  marker->region = RegionName(line);
  return true;
}

}  // namespace roxlab::pagetable
