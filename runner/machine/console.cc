// SPDX-License-Identifier: Apache-2.0
#include "runner/machine/console.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"

namespace roxlab {
namespace {

constexpr size_t kMaxLine = 4096;
constexpr size_t kLastLines = 40;
constexpr int kExcerptLines = 80;
constexpr size_t kExcerptBytes = size_t{12} << 10;
// A WARN's message stands between "cut here" and the line that names its kind.
constexpr int kCutDistance = 8;

struct Pattern {
  absl::string_view start;  // Of the message.
  absl::string_view part;   // Somewhere after it.
  absl::string_view kind;
};

// The first that fits counts. Texts: kernel/panic.c, arch/arm64/kernel/traps.c, lib/bug.c,
// arch/arm64/mm/{fault,ptdump}.c, kernel/{hung_task,watchdog,workqueue}.c, kernel/rcu/, mm/kasan/,
// mm/kfence/, mm/slub.c, mm/page_poison.c, mm/execmem.c, lib/ubsan.c, kernel/locking/.
constexpr Pattern kPatterns[] = {
    {"Kernel panic - not syncing", "", "panic"},
    {"Internal error:", "", "oops"},
    {"Unable to handle kernel ", "", "oops"},
    {"kernel BUG at ", "", "oops"},
    {"Insufficient stack space to handle exception", "", "oops"},
    {"SError Interrupt on CPU", "", "oops"},
    {"BUG: soft lockup", "", "timeout"},
    {"BUG: workqueue lockup", "", "timeout"},
    {"BUG: ", "", "oops"},
    {"BUG ", "): ", "oops"},
    {"[ BUG: ", "", "oops"},
    {"pagealloc: memory corruption", "", "oops"},
    {"pagealloc: single bit error", "", "oops"},
    {"INFO: task ", " for more than ", "timeout"},
    {"INFO: ", "detected stall", "timeout"},
    {"INFO: ", "detected expedited stall", "timeout"},
    {"INFO: ", "self-detected stall", "timeout"},
    {"INFO: trying to register non-static key", "", "warn"},
    {"WARNING: ", "", "warn"},
    {"UBSAN: ", "", "warn"},
    {"Checked W+X mappings: FAILED", "", "warn"},
    {"execmem: unable to free memory", "", "warn"},
};

// The text after "[    1.234567] " and "[    T1] ".
absl::string_view Message(absl::string_view line) {
  while (absl::StartsWith(line, "[")) {
    size_t end = line.find(']');
    if (end == absl::string_view::npos || end > 20) break;
    line = absl::StripLeadingAsciiWhitespace(line.substr(end + 1));
  }
  return line;
}

const Pattern* Match(absl::string_view message) {
  for (const Pattern& pattern : kPatterns) {
    if (absl::StartsWith(message, pattern.start) &&
        absl::StrContains(message.substr(pattern.start.size()), pattern.part))
      return &pattern;
  }
  return nullptr;
}

// "watchdog: BUG: soft lockup": the text after one name of a subsystem.
absl::string_view WithoutSubsystem(absl::string_view message) {
  auto is_name = [](char c) { return absl::ascii_islower(static_cast<unsigned char>(c)); };
  auto end = std::find_if_not(message.begin(), message.end(), is_name);
  absl::string_view rest = message.substr(static_cast<size_t>(end - message.begin()));
  return rest.size() < message.size() && absl::ConsumePrefix(&rest, ": ") ? rest : message;
}

}  // namespace

void ConsoleWatcher::Feed(absl::string_view bytes) {
  while (!bytes.empty()) {
    size_t end = bytes.find('\n');
    absl::string_view part = bytes.substr(0, end);
    absl::StrAppend(&partial_, part.substr(0, kMaxLine - partial_.size()));
    if (end == absl::string_view::npos) return;
    bytes.remove_prefix(end + 1);
    TakeLine(absl::StripSuffix(partial_, "\r"));
    partial_.clear();
  }
}

void ConsoleWatcher::Finish() {
  if (!partial_.empty()) TakeLine(absl::StripSuffix(partial_, "\r"));
  partial_.clear();
}

void ConsoleWatcher::TakeLine(absl::string_view line) {
  last_.emplace_back(line);
  if (last_.size() > kLastLines) last_.pop_front();
  const absl::string_view message = Message(line);
  if (since_cut_ >= 0 && ++since_cut_ > kCutDistance) since_cut_ = -1;
  if (absl::StrContains(message, "[ cut here ]")) since_cut_ = 0;

  const Pattern* pattern = Match(message);
  if (pattern == nullptr) pattern = Match(WithoutSubsystem(message));
  if (event_) {
    bool worse = pattern != nullptr && (pattern->kind == "panic" || pattern->kind == "oops");
    if (worse && event_->later.empty() && pattern->kind != event_->kind)
      event_->later = std::string(message);
    Collect(line);
    return;
  }
  if (pattern == nullptr) return;
  event_.emplace();
  event_->kind = std::string(pattern->kind);
  event_->title = std::string(message.substr(0, 200));
  wanted_ = kExcerptLines;
  size_t before = since_cut_ > 0 ? static_cast<size_t>(since_cut_) : 0;
  before = std::min(before, last_.size() - 1);
  for (size_t i = last_.size() - 1 - before; i < last_.size(); ++i) Collect(last_[i]);
}

void ConsoleWatcher::Collect(absl::string_view line) {
  if (wanted_ == 0) return;
  if (event_->excerpt.size() + line.size() + 1 > kExcerptBytes) {
    wanted_ = 0;
    return;
  }
  absl::StrAppend(&event_->excerpt, line, "\n");
  --wanted_;
  if (absl::StrContains(line, "---[ end ")) wanted_ = 0;
}

std::string ConsoleWatcher::LastLines() const { return absl::StrJoin(last_, "\n"); }

}  // namespace roxlab
