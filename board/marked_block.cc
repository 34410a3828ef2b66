// SPDX-License-Identifier: Apache-2.0
#include "board/marked_block.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace roxlab {
namespace {

constexpr absl::string_view kBegin = "# roxlab begin: written for one boot, do not edit";
constexpr absl::string_view kEnd = "# roxlab end";

}  // namespace

std::string WithoutBlock(absl::string_view text) {
  std::string rest;
  bool inside = false;
  absl::string_view left = text;
  while (!left.empty()) {
    const size_t size = left.find('\n');
    const absl::string_view line = left.substr(0, size);
    left.remove_prefix(size == absl::string_view::npos ? left.size() : size + 1);
    if (absl::StartsWith(line, kBegin)) inside = true;
    if (!inside) absl::StrAppend(&rest, line, "\n");
    if (absl::StartsWith(line, kEnd)) inside = false;
  }
  return rest;
}

std::string WithBlock(absl::string_view text, absl::string_view lines) {
  return absl::StrCat(WithoutBlock(text), kBegin, "\n", lines, kEnd, "\n");
}

}  // namespace roxlab
