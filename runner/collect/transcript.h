// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_RUNNER_COLLECT_TRANSCRIPT_H_
#define ROXLAB_RUNNER_COLLECT_TRANSCRIPT_H_

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "roxlab/v1/catalog.pb.h"
#include "roxlab/v1/record.pb.h"
#include "runner/collect/stream_reader.h"

namespace roxlab {

// A phase's raw data. The views live as long as the call that gives it.
struct RawSnapshot {
  std::string phase;  // One of the workload's.
  absl::string_view page_tables;
  absl::string_view kcore_tables;  // Empty: the probe sent none.
  absl::string_view modules;
  absl::string_view owners;    // RecordType::kOwners; may be empty.
  absl::string_view measures;  // RecordType::kMeasures; empty: the probe sent none.
};

// Follows what the probe says against the workload that it was given: which phase it is in, how
// far, what failed. Hostile words from the guest end in an error, never in a file name.
class Transcript {
 public:
  struct Sinks {
    std::function<void(const v1::Progress&)> progress;
    // An error of it becomes status().
    std::function<absl::Status(const RawSnapshot&)> snapshot;
    // Results of a KUnit suite: its name and KTAP, both as the guest wrote them.
    std::function<void(absl::string_view suite, absl::string_view ktap)> tests;
  };
  Transcript(const v1::Workload& workload, Sinks sinks);
  Transcript(const Transcript&) = delete;
  Transcript& operator=(const Transcript&) = delete;

  void Feed(absl::string_view bytes);

  // Not OK: the stream is torn or tells a story that the workload has not, or a sink failed.
  const absl::Status& status() const { return status_; }
  // Whether the probe ever spoke.
  bool started() const { return reader_.records() > 0; }
  // Whether the probe came to its end, well or not.
  bool complete() const { return status_.ok() && reader_.complete(); }
  // Snapshots that were given out: all of the workload's when it went well.
  size_t snapshots() const { return snapshots_; }
  // The phase that it is or was in; empty before the first.
  const std::string& phase() const { return phase_; }
  // Why a step failed, one printable line; empty: none did.
  const std::string& failure() const { return failure_; }

 private:
  absl::Status Take(const Record& record);
  absl::Status TakeProgress(const Record& record);
  // Keeps a part of the snapshot that ends the phase. It comes once.
  absl::Status TakePart(const Record& record, std::string* part);
  absl::Status TakeSnapshot(const Record& record);
  void Report(uint64_t done, uint64_t total);

  std::vector<std::string> phases_;
  Sinks sinks_;
  StreamReader reader_;
  absl::Status status_;
  size_t begun_ = 0, snapshots_ = 0;
  std::string phase_, failure_, page_tables_, kcore_tables_, owners_, measures_;
};

}  // namespace roxlab

#endif  // ROXLAB_RUNNER_COLLECT_TRANSCRIPT_H_
