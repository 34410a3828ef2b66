// SPDX-License-Identifier: Apache-2.0
#include "runner/machine/run_recorder.h"

#include <fcntl.h>

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/files.h"
#include "runner/collect/ptdump_collector.h"
#include "runner/errors.h"

namespace roxlab {
namespace {

// No kernel that is well prints this much; one that does not stop printing would fill the disk.
constexpr size_t kMaxConsole = size_t{32} << 20;

// A kernel that says that it is stuck gets this long for the rest of its report.
constexpr absl::Duration kStuckGrace = absl::Seconds(2);

}  // namespace

RunRecorder::RunRecorder(const v1::Workload& workload, JobContext& context)
    : context_(context),
      transcript_(workload, {[this](const v1::Progress& progress) { context_.Report(progress); },
                             [this](const RawSnapshot& raw) { return OnSnapshot(raw); }}) {
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
  transcript_.Feed(bytes);
  return transcript_.status();
}

absl::StatusOr<v1::Artifact> RunRecorder::StoreText(const std::string& name,
                                                    absl::string_view content) {
  // No sync: the store makes it last.
  const std::filesystem::path path = context_.scratch() / name;
  absl::StatusOr<UniqueFd> fd = OpenFile(path, O_WRONLY | O_CREAT | O_TRUNC);
  if (!fd.ok()) return fd.status();
  absl::Status status = WriteAll(fd->get(), content);
  if (!status.ok()) return status;
  absl::StatusOr<v1::Artifact> artifact = context_.Store(name, path);
  if (artifact.ok()) *result_.add_artifacts() = *artifact;
  return artifact;
}

absl::Status RunRecorder::OnSnapshot(const RawSnapshot& raw) {
  absl::StatusOr<v1::Artifact> tables =
      StoreText(absl::StrCat("ptdump.", raw.phase, ".txt"), raw.page_tables);
  if (!tables.ok()) return tables.status();
  absl::StatusOr<v1::Artifact> modules =
      StoreText(absl::StrCat("modules.", raw.phase, ".txt"), raw.modules);
  if (!modules.ok()) return modules.status();
  // The raw data is safe; a dump that cannot be counted spoils the verdict, not the run.
  absl::StatusOr<v1::Snapshot> counted = CountPtdump(raw.page_tables);
  v1::Snapshot& snapshot = *result_.add_snapshots();
  if (counted.ok()) {
    snapshot = *std::move(counted);
  } else if (census_.ok()) {
    census_ = absl::Status(counted.status().code(), absl::StrCat("snapshot of phase ", raw.phase,
                                                                 ": ", counted.status().message()));
  }
  snapshot.set_collector(kPtdumpCollector);
  snapshot.set_phase(raw.phase);
  *snapshot.mutable_raw() = *tables;
  return absl::OkStatus();
}

absl::Status RunRecorder::Finish(JobResult* result) {
  watcher_.Finish();
  absl::StatusOr<v1::Artifact> console = StoreText("console.log", console_);
  result_.Swap(result);
  return console.status();
}

Evidence RunRecorder::TakeEvidence() {
  Evidence evidence;
  evidence.stream = transcript_.status();
  evidence.census = census_;
  evidence.started = transcript_.started();
  evidence.complete = transcript_.complete();
  evidence.phase = transcript_.phase();
  evidence.failure = transcript_.failure();
  evidence.event = watcher_.event();
  evidence.last_lines = watcher_.LastLines();
  return evidence;
}

}  // namespace roxlab
