// SPDX-License-Identifier: Apache-2.0
#include "report/table.h"

#include <algorithm>
#include <cmath>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace roxlab {
namespace {

std::string Cell(const std::string& text, size_t width, bool right) {
  std::string spaces(width - std::min(width, text.size()), ' ');
  return right ? spaces + text : text + spaces;
}

}  // namespace

void Table::AddRow(std::vector<std::string> cells) {
  cells.resize(columns_.size());
  for (std::string& cell : cells)
    std::replace_if(
        cell.begin(), cell.end(),
        [](char c) { return absl::ascii_iscntrl(static_cast<unsigned char>(c)); }, '?');
  rows_.push_back(std::move(cells));
}

std::string Table::Render(int indent) const {
  std::vector<size_t> widths;
  for (size_t i = 0; i < columns_.size(); ++i) {
    widths.push_back(columns_[i].title.size());
    for (const std::vector<std::string>& row : rows_)
      widths[i] = std::max(widths[i], row[i].size());
  }
  std::string text;
  auto add_line = [&](auto cell_text) {
    std::string line(static_cast<size_t>(indent), ' ');
    for (size_t i = 0; i < columns_.size(); ++i)
      absl::StrAppend(&line, i == 0 ? "" : "  ", Cell(cell_text(i), widths[i], columns_[i].right));
    absl::StrAppend(&text, absl::StripTrailingAsciiWhitespace(line), "\n");
  };
  add_line([&](size_t i) { return columns_[i].title; });
  for (const std::vector<std::string>& row : rows_) add_line([&](size_t i) { return row[i]; });
  return text;
}

std::string Grouped(double value) {
  if (!std::isfinite(value)) return "-";
  std::string text =
      std::round(value) == value ? absl::StrFormat("%.0f", value) : absl::StrFormat("%.1f", value);
  size_t first = text[0] == '-' ? 1 : 0;
  size_t end = std::min(text.find('.'), text.size());
  std::string grouped;
  for (size_t i = 0; i < text.size(); ++i) {
    if (i > first && i < end && (end - i) % 3 == 0) grouped += ',';
    grouped += text[i];
  }
  return grouped;
}

}  // namespace roxlab
