// SPDX-License-Identifier: Apache-2.0
#include "runner/collect/ktap.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "common/printable.h"
#include "runner/collect/ktap_line.h"
#include "runner/errors.h"

namespace roxlab {
namespace {

constexpr int kMaxTests = 10'000;
constexpr size_t kMaxLevels = 16;
constexpr size_t kMaxName = 300;
constexpr size_t kMaxDiagnostic = 2000;
constexpr int kMaxNamed = 20;  // Failed tests in a failure's excerpt.

class Parser {
 public:
  Parser(absl::string_view suite, TestList* tests)
      : suite_(Printable(suite, kMaxName)), tests_(tests), start_(tests->size()) {}

  // False when there is no use in going on.
  bool Take(absl::string_view text) {
    ++line_;
    const KtapLine line = ReadKtapLine(text);
    if (levels_.empty() && line.kind != KtapLine::kVersion) return true;  // Not begun.
    switch (line.kind) {
      case KtapLine::kVersion:
        return Open(line.indent);
      case KtapLine::kPlan:
        return TakePlan(line);
      case KtapLine::kResult:
        return TakeResult(line);
      case KtapLine::kBailOut:
        return Fault(absl::StrCat("bailed out: ", line.reason));
      case KtapLine::kDiagnostic:
        if (said_.size() < kMaxDiagnostic) absl::StrAppend(&said_, line.text, "\n");
        return true;
      case KtapLine::kNothing:
        return true;
    }
    return true;
  }

  void Finish() {
    if (levels_.empty()) {
      Fault("is no KTAP: it has no version line");
    } else if (levels_.size() > 1) {
      Fault("is cut off: a test has no result");
    } else if (CheckPlan(levels_[0]) && tests_->size() == start_ && levels_[0].plan != 0) {
      Fault("has no result");
    }
  }

 private:
  // Tests that have one parent.
  struct Level {
    size_t indent = 0;
    int first = 0;  // In `tests`.
    std::optional<uint64_t> plan;
    uint64_t count = 0;
  };

  bool Fault(absl::string_view what) {
    Add(suite_, v1::TEST_FAILED, absl::StrCat("the text ", what, " (line ", line_, ")"));
    return false;
  }

  void Add(absl::string_view name, v1::TestStatus status, absl::string_view diagnostic) {
    v1::TestResult& test = *tests_->Add();
    test.set_name(Printable(name, kMaxName));
    test.set_status(status);
    test.set_diagnostic(Printable(absl::StripSuffix(diagnostic, "\n"), kMaxDiagnostic));
  }

  bool Open(size_t indent) {
    if (!levels_.empty() && indent <= levels_.back().indent)
      return Fault("has a version line in the middle");
    if (levels_.size() == kMaxLevels) return Fault("is nested too deeply");
    levels_.push_back({.indent = indent, .first = tests_->size(), .plan = {}, .count = 0});
    return true;
  }

  bool TakePlan(const KtapLine& line) {
    Level& level = levels_.back();
    if (line.indent != level.indent) return true;  // Somebody else's words.
    if (level.plan) return Fault("has two plans");
    level.plan = line.number;
    return true;
  }

  bool CheckPlan(const Level& level) {
    if (!level.plan || *level.plan == level.count) return true;
    return Fault(absl::StrCat("has ", level.count, " results of ", *level.plan));
  }

  bool TakeResult(const KtapLine& line) {
    // Subtests without a version line of their own, as TAP has them.
    if (line.indent > levels_.back().indent && !Open(line.indent)) return false;
    std::optional<Level> inner;
    while (levels_.size() > 1 && levels_.back().indent > line.indent) {
      if (inner) return Fault("has subtests of a test that has no result");
      inner = levels_.back();
      levels_.pop_back();
      if (!CheckPlan(*inner)) return false;
    }
    Level& level = levels_.back();
    if (level.indent != line.indent) return Fault("has a result with the wrong indentation");
    if (line.number != ++level.count)
      return Fault(absl::StrCat("has result ", line.number, " where ", level.count, " is next"));
    const int first = inner && inner->first < tests_->size() ? inner->first : -1;
    Close(line, first);
    said_.clear();
    return tests_->size() <= kMaxTests || Fault("has too many tests");
  }

  // Records a result; its subtests, if any, are those from `first` on.
  void Close(const KtapLine& line, int first) {
    const std::string name =
        line.text.empty() ? absl::StrCat(line.number) : Printable(line.text, kMaxName);
    bool failed = false;
    for (int i = first; first >= 0 && i < tests_->size(); ++i) {
      v1::TestResult& test = (*tests_)[i];
      test.set_name(absl::StrCat(name, ".", test.name()).substr(0, kMaxName));
      failed |= test.status() == v1::TEST_FAILED;
    }
    if (first >= 0 && (failed || line.status != v1::TEST_FAILED)) return;
    std::string diagnostic;
    if (line.status != v1::TEST_PASSED) {
      diagnostic = std::string(line.reason);
      if (!said_.empty()) absl::StrAppend(&diagnostic, diagnostic.empty() ? "" : "\n", said_);
    }
    Add(name, line.status, diagnostic);
  }

  const std::string suite_;
  TestList* const tests_;
  const int start_;
  std::vector<Level> levels_;
  std::string said_;
  int line_ = 0;
};

}  // namespace

void ParseKtap(absl::string_view suite, absl::string_view text, TestList* tests) {
  Parser parser(suite, tests);
  for (absl::string_view line : absl::StrSplit(text, '\n'))
    if (!parser.Take(line)) return;
  parser.Finish();
}

absl::Status JudgeTests(const TestList& tests) {
  int failed = 0;
  std::string first, excerpt;
  for (const v1::TestResult& test : tests) {
    if (test.status() != v1::TEST_FAILED) continue;
    const std::string words = absl::StrCat(test.name(), ": ", test.diagnostic());
    if (failed == 0) first = words.substr(0, words.find('\n'));
    if (failed++ < kMaxNamed) absl::StrAppend(&excerpt, words, "\n");
  }
  if (failed == 0) return absl::OkStatus();
  return VariantError("test", absl::StrCat(failed, " of ", tests.size(), " tests failed: ", first),
                      excerpt);
}

}  // namespace roxlab
