// SPDX-License-Identifier: Apache-2.0
#include "runner/machine/run_recorder.h"

#include <fcntl.h>

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/files.h"
#include "common/status_macros.h"
#include "pagetable/text.h"
#include "runner/collect/kcore_image.h"
#include "runner/collect/ktap.h"
#include "runner/collect/measures.h"
#include "runner/collect/owners.h"
#include "runner/errors.h"

namespace roxlab {
namespace {

// No kernel that is well prints this much; one that does not stop printing would fill the disk.
constexpr size_t kMaxConsole = size_t{32} << 20;

// The probe's results of the longest workload take a small part of this.
constexpr size_t kMaxResults = size_t{1} << 30;
constexpr size_t kMostWalks = 4;

// A kernel that says that it is stuck gets this long for the rest of its report.
constexpr absl::Duration kStuckGrace = absl::Seconds(2);

}  // namespace

RunRecorder::RunRecorder(const v1::Workload& workload, Options options, JobContext& context)
    : options_(options),
      context_(context),
      transcript_(workload, {[this](const v1::Progress& progress) { context_.Report(progress); },
                             [this](const RawSnapshot& raw) { return OnSnapshot(raw); },
                             [this](absl::string_view suite, absl::string_view ktap) {
                               ParseKtap(suite, ktap, result_.mutable_tests());
                             }}) {
  v1::Progress progress;
  progress.set_stage("boot");
  context_.Report(progress);
}

absl::Status RunRecorder::OnConsole(absl::string_view bytes) {
  watcher_.Feed(bytes);
  context_.Log(bytes);
  absl::StrAppend(&console_, bytes);
  if (console_.size() <= kMaxConsole) return absl::OkStatus();
  return VariantError("timeout", absl::StrCat("the console runs over: ", console_.size(), " bytes"),
                      watcher_.LastLines());
}

bool RunRecorder::Enough() {
  if (!watcher_.event() || watcher_.event()->kind != "timeout") return false;
  stuck_since_ = std::min(stuck_since_, absl::Now());
  return absl::Now() >= stuck_since_ + kStuckGrace;
}

absl::Status RunRecorder::OnResults(absl::string_view bytes) {
  results_ += bytes.size();
  if (results_ > kMaxResults)
    return VariantError("workload",
                        absl::StrCat("the probe's results run over: ", results_, " bytes"));
  transcript_.Feed(bytes);
  return transcript_.status();
}

absl::StatusOr<v1::Artifact> RunRecorder::StoreText(const std::string& name,
                                                    absl::string_view content) {
  // No sync: the store makes it last.
  const std::filesystem::path path = context_.scratch() / name;
  ROXLAB_ASSIGN_OR_RETURN(UniqueFd fd, OpenFile(path, O_WRONLY | O_CREAT | O_TRUNC));
  ROXLAB_RETURN_IF_ERROR(WriteAll(fd.get(), content));
  absl::StatusOr<v1::Artifact> artifact = context_.Store(name, path);
  if (artifact.ok()) *result_.add_artifacts() = *artifact;
  return artifact;
}

void RunRecorder::OnStopped(const StoppedMachine& machine) {
  // A guest that stops more often than the probe would gets no more memory here.
  if (walks_.size() < kMostWalks)
    walks_.push_back(pagetable::WalkTables(machine.memory, machine.registers));
}

absl::Status RunRecorder::Keep(v1::Snapshot snapshot, const std::string& phase,
                               absl::string_view collector, const char* raw_name,
                               absl::string_view raw) {
  ROXLAB_ASSIGN_OR_RETURN(*snapshot.mutable_raw(),
                          StoreText(absl::StrCat(raw_name, ".", phase, ".txt"), raw));
  snapshot.set_phase(phase);
  snapshot.set_collector(std::string(collector));
  *result_.add_snapshots() = std::move(snapshot);
  return absl::OkStatus();
}

absl::Status RunRecorder::OnSnapshot(const RawSnapshot& raw) {
  ROXLAB_RETURN_IF_ERROR(
      StoreText(absl::StrCat("modules.", raw.phase, ".txt"), raw.modules).status());
  ROXLAB_RETURN_IF_ERROR(KeepMeasures(raw));
  const std::vector<Reading> readings = TakeReadings(raw);
  Review review = ReviewSnapshot(raw.page_tables, readings, options_.strict_rodata);
  const bool agreed = review.agreed;
  const pagetable::Dump dump = std::move(review.dump);
  ROXLAB_RETURN_IF_ERROR(Keep(std::move(review), raw));
  for (const Reading& reading : readings) {
    if (!reading.walk.ok()) continue;
    const char* name = reading.collector == kWalkCollector ? "walk" : "kcore";
    ROXLAB_RETURN_IF_ERROR(
        Keep({}, raw.phase, reading.collector, name, pagetable::WalkText(*reading.walk)));
  }
  return agreed ? Attribute(*readings[0].walk, dump, raw) : absl::OkStatus();
}

absl::Status RunRecorder::KeepMeasures(const RawSnapshot& raw) {
  if (raw.measures.empty()) return absl::OkStatus();
  const absl::StatusOr<Measures> measures = ParseMeasures(raw.measures);
  if (!measures.ok()) {
    Blame(InfraError(measures.status()), raw);
    return absl::OkStatus();
  }
  for (const std::string& missing : measures->missing)
    context_.Log(absl::StrCat("roxlab: phase ", raw.phase, ": not measured: ", missing, "\n"));
  v1::Snapshot snapshot;
  snapshot.mutable_metrics()->Add(measures->metrics.begin(), measures->metrics.end());
  return Keep(std::move(snapshot), raw.phase, kMeasuresCollector, "measures", raw.measures);
}

absl::Status RunRecorder::Attribute(const pagetable::Walk& walk, const pagetable::Dump& dump,
                                    const RawSnapshot& raw) {
  const absl::StatusOr<pagetable::Ownership> ownership = ParseOwners(raw.owners);
  if (!ownership.ok()) {
    Blame(InfraError(ownership.status()), raw);
    return absl::OkStatus();
  }
  return StoreText(absl::StrCat("owners.", raw.phase, ".json"),
                   AttributionJson(pagetable::Attribute(walk, dump, *ownership), raw.phase))
      .status();
}

std::vector<Reading> RunRecorder::TakeReadings(const RawSnapshot& raw) {
  std::vector<Reading> readings;
  if (options_.observed) {
    if (walks_.empty())
      walks_.push_back(absl::InternalError("the guest was not seen from outside at this moment"));
    readings.push_back({kWalkCollector, std::move(walks_.front())});
    walks_.pop_front();
  }
  if (options_.kcore) readings.push_back({kKcoreCollector, WalkKcore(raw.kcore_tables)});
  return readings;
}

void RunRecorder::Blame(const absl::Status& verdict, const RawSnapshot& raw) {
  if (review_.ok()) review_ = InContext(verdict, absl::StrCat("snapshot of phase ", raw.phase));
}

absl::Status RunRecorder::Keep(Review review, const RawSnapshot& raw) {
  Blame(review.verdict, raw);
  return Keep(std::move(review.ptdump), raw.phase, kPtdumpCollector, "ptdump", raw.page_tables);
}

absl::Status RunRecorder::Finish(JobResult* result) {
  watcher_.Finish();
  absl::StatusOr<v1::Artifact> console = StoreText("console.log", console_);
  tests_ = JudgeTests(result_.tests());
  result_.Swap(result);
  return console.status();
}

Evidence RunRecorder::TakeEvidence() {
  Evidence evidence;
  evidence.stream = transcript_.status();
  evidence.review = review_;
  evidence.started = transcript_.started();
  evidence.complete = transcript_.complete();
  evidence.phase = transcript_.phase();
  evidence.failure = transcript_.failure();
  evidence.event = watcher_.event();
  evidence.tests = tests_;
  evidence.last_lines = watcher_.LastLines();
  return evidence;
}

}  // namespace roxlab
