// SPDX-License-Identifier: Apache-2.0
#include <functional>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "report/document.h"

namespace roxlab {
namespace {

bool IsNumber(const Document::Table& table, size_t column) {
  return column >= table.left && column + 1 < table.columns.size();
}

// --- Markdown ---

// Characters that would be markup, and line ends, lose their meaning; intervals and "<0.0001" are
// none.
std::string Plain(absl::string_view text) {
  std::string plain;
  for (size_t i = 0; i < text.size(); ++i) {
    const char next = i + 1 < text.size() ? text[i + 1] : ' ';
    const bool tag =
        text[i] == '<' && (absl::ascii_isalpha(next) || absl::StrContains("/!?", next));
    if (tag || absl::StrContains("\\|*`", text[i])) plain += '\\';
    plain += text[i] == '\n' || text[i] == '\r' ? ' ' : text[i];
  }
  return plain;
}

std::string Line(const std::vector<std::string>& cells) {
  return absl::StrCat(
      "| ",
      absl::StrJoin(cells, " | ",
                    [](std::string* out, const auto& cell) { absl::StrAppend(out, Plain(cell)); }),
      " |\n");
}

std::string MarkdownTable(const Document::Table& table) {
  std::vector<std::string> rule;
  for (size_t i = 0; i < table.columns.size(); ++i)
    rule.emplace_back(IsNumber(table, i) ? "---:" : "---");
  std::string text = absl::StrCat("## ", Plain(table.heading), "\n\n");
  if (!table.rows.empty()) {
    absl::StrAppend(&text, Line(table.columns), Line(rule));
    for (const std::vector<std::string>& row : table.rows) absl::StrAppend(&text, Line(row));
    absl::StrAppend(&text, "\n");
  }
  if (!table.same.empty()) absl::StrAppend(&text, Plain(table.same), "\n\n");
  return text;
}

// A block of code, with a fence that its text does not hold.
std::string Fenced(const std::vector<std::string>& lines) {
  const std::string text = absl::StrJoin(lines, "\n");
  std::string fence = "```";
  while (absl::StrContains(text, fence)) absl::StrAppend(&fence, "`");
  return absl::StrCat(fence, "sh\n", text, "\n", fence, "\n\n");
}

// --- HTML ---

std::string Escaped(absl::string_view text) {
  return absl::StrReplaceAll(
      text, {{"&", "&amp;"}, {"<", "&lt;"}, {">", "&gt;"}, {"\"", "&quot;"}, {"'", "&#39;"}});
}

std::string Tag(absl::string_view name, absl::string_view text) {
  return absl::StrCat("<", name, ">", Escaped(text), "</", name, ">\n");
}

std::string HtmlRow(const Document::Table& table, const std::vector<std::string>& cells,
                    absl::string_view tag) {
  std::string text = "<tr>";
  for (size_t i = 0; i < cells.size(); ++i)
    absl::StrAppend(&text, "<", tag, IsNumber(table, i) ? " class=\"number\"" : "", ">",
                    Escaped(cells[i]), "</", tag, ">");
  return absl::StrCat(text, "</tr>\n");
}

std::string HtmlTable(const Document::Table& table) {
  std::string text = Tag("h2", table.heading);
  if (!table.rows.empty()) {
    absl::StrAppend(&text, "<table>\n<thead>\n", HtmlRow(table, table.columns, "th"),
                    "</thead>\n<tbody>\n");
    for (const std::vector<std::string>& row : table.rows)
      absl::StrAppend(&text, HtmlRow(table, row, "td"));
    absl::StrAppend(&text, "</tbody>\n</table>\n");
  }
  if (!table.same.empty()) absl::StrAppend(&text, Tag("p", table.same));
  return text;
}

constexpr char kStyle[] =
    "body { font: 15px/1.5 system-ui, sans-serif; max-width: 75em; margin: 2em auto; "
    "padding: 0 1em; }\n"
    "table { border-collapse: collapse; font-variant-numeric: tabular-nums; }\n"
    "th, td { text-align: left; padding: .2em .7em; border-bottom: 1px solid #ccc; }\n"
    ".number { text-align: right; }\n"
    "pre { overflow-x: auto; background: #f4f4f4; padding: .7em; }\n";

}  // namespace

std::string ReportMarkdown(const ReportInput& input, const ReportOptions& options) {
  const Document document = MakeDocument(input, options);
  std::string text =
      absl::StrCat("# ", Plain(document.title), "\n\n", Plain(document.verdict), "\n\n");
  auto list = [&](const std::vector<std::string>& items) {
    for (const std::string& item : items) absl::StrAppend(&text, "- ", Plain(item), "\n");
    absl::StrAppend(&text, "\n");
  };
  list(document.claims);
  for (const Document::Table& table : document.tables) absl::StrAppend(&text, MarkdownTable(table));
  absl::StrAppend(&text, "## Measured with\n\n");
  for (const auto& [name, value] : document.facts)
    absl::StrAppend(&text, "- ", Plain(name), ": ", Plain(value), "\n");
  absl::StrAppend(&text, "\n", Fenced(document.machine_commands));
  absl::StrAppend(&text, "## How to read it\n\n");
  list(document.notes);
  absl::StrAppend(&text, "## How to see it again\n\n",
                  "A script without roxlab that builds and boots one run and compares its dumps "
                  "of the page tables:\n\n",
                  Fenced(document.reproduce));
  text.pop_back();  // One line end is enough.
  return text;
}

std::string ReportHtml(const ReportInput& input, const ReportOptions& options) {
  const Document document = MakeDocument(input, options);
  std::string text =
      absl::StrCat("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n",
                   Tag("title", document.title), "<style>\n", kStyle, "</style>\n</head>\n<body>\n",
                   Tag("h1", document.title), Tag("p", document.verdict));
  auto list = [&](const std::vector<std::string>& items) {
    absl::StrAppend(&text, "<ul>\n");
    for (const std::string& item : items) absl::StrAppend(&text, Tag("li", item));
    absl::StrAppend(&text, "</ul>\n");
  };
  list(document.claims);
  for (const Document::Table& table : document.tables) absl::StrAppend(&text, HtmlTable(table));
  absl::StrAppend(&text, Tag("h2", "Measured with"));
  std::vector<std::string> facts;
  for (const auto& [name, value] : document.facts) facts.push_back(absl::StrCat(name, ": ", value));
  list(facts);
  absl::StrAppend(&text, Tag("pre", absl::StrJoin(document.machine_commands, "\n")),
                  Tag("h2", "How to read it"));
  list(document.notes);
  absl::StrAppend(&text, Tag("h2", "How to see it again"),
                  Tag("p",
                      "A script without roxlab that builds and boots one run and compares its "
                      "dumps of the page tables:"),
                  Tag("pre", absl::StrJoin(document.reproduce, "\n")), "</body>\n</html>\n");
  return text;
}

}  // namespace roxlab
