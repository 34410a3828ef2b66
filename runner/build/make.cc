// SPDX-License-Identifier: Apache-2.0
#include "runner/build/make.h"

#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "common/kernel_make.h"

namespace roxlab {
namespace {

constexpr int kExcerptLines = 30;
constexpr size_t kLongestLine = 4096;

// make's own complaint follows the real error, so it counts only when nothing better comes first.
bool IsWeakError(absl::string_view line) {
  return absl::StartsWith(line, "make") && absl::StrContains(line, ": *** ");
}

bool IsError(absl::string_view line) {
  return absl::StrContains(line, ": error: ") || absl::StrContains(line, ": fatal error: ") ||
         absl::StartsWith(line, "ERROR: modpost:") ||
         absl::StrContains(line, "undefined reference to") ||
         absl::StrContains(line, "error: ld returned");
}

// "  CC      mm/execmem.o", "  LD [M]  x.ko"
bool IsStep(absl::string_view line) {
  return line.size() > 4 && line[0] == ' ' && line[1] == ' ' && absl::ascii_isupper(line[2]) &&
         absl::ascii_isupper(line[3]);
}

}  // namespace

std::vector<std::string> MakeArgv(absl::string_view compiler, int jobs, bool ccache,
                                  const std::vector<std::string>& targets) {
  const std::string launcher = ccache ? "ccache " : "";
  std::vector<std::string> argv = {"make", "-C", kKernelSource, absl::StrCat("O=", kKernelOutput)};
  for (std::string& variable : KernelMakeVariables(compiler)) argv.push_back(std::move(variable));
  argv.push_back(absl::StrCat("CC=", launcher, compiler));
  argv.push_back(absl::StrCat("HOSTCC=", launcher, "gcc"));
  argv.push_back(absl::StrCat("-j", jobs));
  argv.insert(argv.end(), targets.begin(), targets.end());
  return argv;
}

void MakeWatcher::Feed(absl::string_view bytes) {
  while (!bytes.empty()) {
    size_t end = bytes.find('\n');
    absl::StrAppend(&partial_, bytes.substr(0, end));
    if (partial_.size() > kLongestLine) partial_.resize(kLongestLine);
    if (end == absl::string_view::npos) return;
    Line(partial_);
    partial_.clear();
    bytes.remove_prefix(end + 1);
  }
}

void MakeWatcher::Line(absl::string_view line) {
  if (IsStep(line)) ++steps_;
  if (absl::StrContains(line, "No space left on device")) disk_full_ = true;
  if (absl::StrContains(line, "Killed signal terminated program")) killed_ = true;
  const bool error = IsError(line);
  if (error && (first_error_.empty() || weak_error_)) {
    first_error_ = std::string(absl::StripPrefix(absl::StripPrefix(line, "/src/"), "../src/"));
    weak_error_ = false;
    excerpt_ = before_;
    excerpt_lines_ = 0;
  } else if (first_error_.empty() && IsWeakError(line)) {
    first_error_ = std::string(line);
    weak_error_ = true;
    excerpt_ = before_;
  }
  if (!first_error_.empty()) {
    if (excerpt_lines_++ < kExcerptLines) absl::StrAppend(&excerpt_, line, "\n");
  } else {
    // gcc says which function it is in on the line before the error.
    before_ = IsStep(line) ? "" : absl::StrCat(line, "\n");
  }
}

}  // namespace roxlab
