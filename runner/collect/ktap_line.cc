// SPDX-License-Identifier: Apache-2.0
#include "runner/collect/ktap_line.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/strip.h"

namespace roxlab {
namespace {

// Cuts the first word off.
absl::string_view CutWord(absl::string_view* text) {
  const absl::string_view word = text->substr(0, text->find(' '));
  text->remove_prefix(word.size());
  *text = absl::StripLeadingAsciiWhitespace(*text);
  return word;
}

v1::TestStatus StatusOf(bool ok, absl::string_view directive) {
  if (absl::EqualsIgnoreCase(directive, "SKIP")) return v1::TEST_SKIPPED;
  if (ok) return v1::TEST_PASSED;
  const bool expected =
      absl::EqualsIgnoreCase(directive, "TODO") || absl::EqualsIgnoreCase(directive, "XFAIL");
  return expected ? v1::TEST_SKIPPED : v1::TEST_FAILED;
}

// "N[ -][ description][ # [directive] [data]]" after "ok " or "not ok "; false: it is none.
bool ReadResult(bool ok, absl::string_view text, KtapLine* line) {
  text = absl::StripLeadingAsciiWhitespace(text);
  if (!absl::SimpleAtoi(CutWord(&text), &line->number)) return false;
  const size_t hash = text.find('#');
  line->text = absl::StripPrefix(absl::StripTrailingAsciiWhitespace(text.substr(0, hash)), "- ");
  if (hash != absl::string_view::npos)
    line->reason = absl::StripAsciiWhitespace(text.substr(hash + 1));
  absl::string_view rest = line->reason;
  line->status = StatusOf(ok, CutWord(&rest));
  line->kind = KtapLine::kResult;
  return true;
}

bool ReadPlan(absl::string_view text, KtapLine* line) {
  if (!absl::ConsumePrefix(&text, "1..") || !absl::SimpleAtoi(CutWord(&text), &line->number))
    return false;
  line->kind = KtapLine::kPlan;
  return true;
}

}  // namespace

KtapLine ReadKtapLine(absl::string_view text) {
  KtapLine line;
  text = absl::StripTrailingAsciiWhitespace(text);
  line.indent = std::min(text.find_first_not_of(' '), text.size());
  text.remove_prefix(line.indent);
  if (text.empty() || absl::StartsWith(text, "# Subtest: ")) return line;
  if (absl::StartsWith(text, "KTAP version ") || absl::StartsWith(text, "TAP version ")) {
    line.kind = KtapLine::kVersion;
    return line;
  }
  absl::string_view rest = text;
  if (absl::ConsumePrefix(&rest, "Bail out!")) {
    line.kind = KtapLine::kBailOut;
    line.reason = absl::StripLeadingAsciiWhitespace(rest);
    return line;
  }
  const bool ok = absl::ConsumePrefix(&rest, "ok ");
  if ((ok || absl::ConsumePrefix(&rest, "not ok ")) && ReadResult(ok, rest, &line)) return line;
  if (ReadPlan(text, &line)) return line;
  line.kind = KtapLine::kDiagnostic;
  line.text = absl::StripPrefix(text, "# ");
  return line;
}

}  // namespace roxlab
