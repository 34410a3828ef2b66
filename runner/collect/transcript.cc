// SPDX-License-Identifier: Apache-2.0
#include "runner/collect/transcript.h"

#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/printable.h"

namespace roxlab {
namespace {

constexpr size_t kMaxReason = 1000;

absl::Status Unexpected(absl::string_view what, absl::string_view name) {
  return absl::DataLossError(
      absl::StrCat("the probe told of an unexpected ", what, " '", Printable(name, 100), "'"));
}

}  // namespace

Transcript::Transcript(const v1::Workload& workload, Sinks sinks)
    : sinks_(std::move(sinks)), reader_([this](const Record& record) {
        if (status_.ok()) status_ = Take(record);
      }) {
  for (const v1::Phase& phase : workload.phases()) phases_.push_back(phase.name());
}

void Transcript::Feed(absl::string_view bytes) {
  if (!status_.ok()) return;
  absl::Status torn = reader_.Feed(bytes);
  if (status_.ok()) status_ = torn;
}

void Transcript::Report(uint64_t done, uint64_t total) {
  v1::Progress progress;
  progress.set_stage(absl::StrCat("phase ", phase_));
  progress.set_done(done);
  progress.set_total(total);
  sinks_.progress(progress);
}

absl::Status Transcript::TakeProgress(const Record& record) {
  std::vector<absl::string_view> words = absl::StrSplit(record.payload, ' ');
  uint64_t done = 0, total = 0;
  if (phase_.empty() || words.size() != 3 || !absl::SimpleAtoi(words[1], &done) ||
      !absl::SimpleAtoi(words[2], &total) || done > total)
    return Unexpected("progress", record.name);
  Report(done, total);
  return absl::OkStatus();
}

absl::Status Transcript::TakePart(const Record& record, std::string* part) {
  if (record.name != phase_ || snapshots_ + 1 != begun_ || !part->empty())
    return Unexpected("snapshot of phase", record.name);
  part->assign(record.payload.data(), record.payload.size());
  return absl::OkStatus();
}

absl::Status Transcript::TakeSnapshot(const Record& record) {
  if (record.name != phase_ || snapshots_ + 1 != begun_ || page_tables_.empty())
    return Unexpected("module list of phase", record.name);
  ++snapshots_;
  const std::string page_tables = std::exchange(page_tables_, {});
  const std::string kcore_tables = std::exchange(kcore_tables_, {});
  const std::string owners = std::exchange(owners_, {});
  const std::string measures = std::exchange(measures_, {});
  return sinks_.snapshot({phase_, page_tables, kcore_tables, record.payload, owners, measures});
}

absl::Status Transcript::Take(const Record& record) {
  using probe::RecordType;
  switch (record.type) {
    case RecordType::kHello:
      return reader_.records() == 1 ? absl::OkStatus() : Unexpected("start", record.payload);
    case RecordType::kPhase:
      if (begun_ == phases_.size() || record.name != phases_[begun_] || snapshots_ != begun_)
        return Unexpected("phase", record.name);
      phase_ = phases_[begun_++];
      Report(0, 0);
      return absl::OkStatus();
    case RecordType::kProgress:
      return TakeProgress(record);
    case RecordType::kPageTables:
      return TakePart(record, &page_tables_);
    case RecordType::kKcoreTables:
      return TakePart(record, &kcore_tables_);
    case RecordType::kOwners:
      return TakePart(record, &owners_);
    case RecordType::kMeasures:
      return TakePart(record, &measures_);
    case RecordType::kModuleList:
      return TakeSnapshot(record);
    case RecordType::kTests:
      if (phase_.empty() || snapshots_ == begun_) return Unexpected("test suite", record.name);
      sinks_.tests(record.name, record.payload);
      return absl::OkStatus();
    case RecordType::kFailure:
      failure_ = Printable(record.payload, kMaxReason);
      if (failure_.empty()) failure_ = "the probe failed and gave no reason";
      return absl::OkStatus();
    case RecordType::kEnd:
      if (failure_.empty() && snapshots_ != phases_.size())
        return Unexpected("end in phase", phase_);
      return absl::OkStatus();
  }
  return Unexpected("record", record.name);
}

}  // namespace roxlab
