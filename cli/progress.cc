// SPDX-License-Identifier: Apache-2.0
#include "cli/progress.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace roxlab {
namespace {

constexpr int kBarWidth = 30;

// The variants of an experiment that a build serves: what people know it by.
std::string BuildTitle(const v1::Build& build, const v1::GetExperimentResponse& state) {
  std::string variants;
  for (const v1::Run& run : state.runs()) {
    if (run.build() != build.id()) continue;
    if (absl::StrCat(" ", variants, " ").find(absl::StrCat(" ", run.variant(), " ")) ==
        std::string::npos)
      absl::StrAppend(&variants, variants.empty() ? "" : " ", run.variant());
  }
  return variants.empty() ? build.id().substr(0, 12) : variants;
}

std::string Ending(v1::Verdict verdict, const v1::Failure& failure) {
  if (verdict == v1::PASS) return "PASS";
  return absl::StrCat(v1::Verdict_Name(verdict), " ", failure.kind(), ": ", failure.summary());
}

std::string RunTitle(const v1::Run& run) {
  return absl::StrCat(run.variant(), " ", run.machine(), " ", run.workload(), " seed ", run.seed());
}

std::string RunCounts(const v1::Tally& tally) {
  std::string text = absl::StrCat(tally.passed(), " passed");
  auto add = [&](uint32_t count, const char* name) {
    if (count > 0) absl::StrAppend(&text, ", ", count, " ", name);
  };
  add(tally.failed(), "failed");
  add(tally.errors(), "errors");
  add(tally.cancelled(), "cancelled");
  add(tally.running(), "running");
  add(tally.queued(), "queued");
  return text;
}

uint32_t Ended(const v1::Tally& tally) {
  return tally.passed() + tally.failed() + tally.errors() + tally.cancelled();
}

// How far an experiment is that decides itself how many seeds it takes; empty for others.
std::string SeedsLine(const v1::Experiment& experiment) {
  if (!experiment.spec().has_auto_seeds() || experiment.state() == v1::DONE) return "";
  if (!experiment.summary().empty()) return experiment.summary();
  const v1::AutoSeeds& seeds = experiment.spec().auto_seeds();
  return absl::StrCat("seeds: auto, 1-", seeds.start(), " of at most ", seeds.limit());
}

}  // namespace

std::string Bar(uint64_t done, uint64_t total, int width) {
  const uint64_t filled =
      total == 0 ? 0 : std::min<uint64_t>(width, done * static_cast<uint64_t>(width) / total);
  return absl::StrCat("[", std::string(filled, '#'), std::string(width - filled, '.'), "]");
}

std::vector<std::string> ProgressLines(const v1::GetExperimentResponse& state, int width) {
  std::vector<std::string> lines;
  for (const v1::Build& build : state.builds()) {
    if (build.state() == v1::DONE && build.verdict() == v1::PASS) continue;
    std::string line = absl::StrFormat("build %-16s ", BuildTitle(build, state));
    if (build.state() == v1::DONE) {
      absl::StrAppend(&line, Ending(build.verdict(), build.failure()));
    } else if (build.state() == v1::QUEUED) {
      absl::StrAppend(&line, "waits for a runner");
    } else {
      const v1::Progress& progress = build.progress();
      absl::StrAppend(&line, Bar(progress.done(), progress.total(), kBarWidth), " ",
                      progress.stage());
      if (progress.done() > 0) absl::StrAppend(&line, " ", progress.done());
      if (progress.total() > 0) absl::StrAppend(&line, "/", progress.total());
    }
    lines.push_back(std::move(line));
  }
  const v1::Tally& runs = state.experiment().runs();
  lines.push_back(absl::StrFormat("runs  %-16s %s %d/%d  %s", "",
                                  Bar(Ended(runs), runs.total(), kBarWidth), Ended(runs),
                                  runs.total(), RunCounts(runs)));
  if (std::string seeds = SeedsLine(state.experiment()); !seeds.empty())
    lines.push_back(std::move(seeds));
  for (std::string& line : lines)
    if (width > 0 && line.size() > static_cast<size_t>(width)) line.resize(width);
  return lines;
}

void ProgressDisplay::Update(const v1::GetExperimentResponse& state) {
  if (terminal_) {
    Draw(ProgressLines(state, width_));
  } else {
    PrintChanges(state);
  }
}

void ProgressDisplay::Draw(const std::vector<std::string>& lines) {
  if (drawn_ > 0) out_ << "\033[" << drawn_ << "A";
  for (const std::string& line : lines) out_ << "\r\033[K" << line << "\n";
  out_ << "\033[J" << std::flush;
  drawn_ = lines.size();
}

void ProgressDisplay::PrintOnce(const std::string& key, const std::string& line) {
  std::string& last = printed_[key];
  if (last == line) return;
  last = line;
  out_ << line << std::endl;
}

void ProgressDisplay::PrintChanges(const v1::GetExperimentResponse& state) {
  if (std::string seeds = SeedsLine(state.experiment()); !seeds.empty()) PrintOnce("seeds", seeds);
  for (const v1::Build& build : state.builds()) {
    const std::string title = absl::StrCat("build ", BuildTitle(build, state), ": ");
    if (build.state() == v1::DONE) {
      PrintOnce(build.id(), title + Ending(build.verdict(), build.failure()));
    } else if (!build.progress().stage().empty()) {
      PrintOnce(build.id(), title + build.progress().stage());
    }
  }
  for (const v1::Run& run : state.runs()) {
    if (run.state() != v1::DONE) continue;
    PrintOnce(run.id(),
              absl::StrCat("run ", RunTitle(run), ": ", Ending(run.verdict(), run.failure())));
  }
}

void ProgressDisplay::Finish() { drawn_ = 0; }

}  // namespace roxlab
