// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_RUNNER_MACHINE_RUN_RECORDER_H_
#define ROXLAB_RUNNER_MACHINE_RUN_RECORDER_H_

#include <deque>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "pagetable/walk.h"
#include "runner/collect/review.h"
#include "runner/collect/transcript.h"
#include "runner/job.h"
#include "runner/machine/console.h"
#include "runner/machine/judge.h"
#include "runner/machine/machine.h"

namespace roxlab {

// Turns what a machine says into the run's record, while it says it: log, progress, raw data as
// artifacts, metrics. What was stored stays stored however the run ends.
class RunRecorder : public MachineListener {
 public:
  struct Options {
    // Every snapshot is expected to be seen from outside as well, and both are compared.
    bool observed = false;
    // Every snapshot is expected to have the tables from /proc/kcore, compared as well.
    bool kcore = false;
    bool strict_rodata = true;  // See InvariantOptions.
  };
  RunRecorder(const v1::Workload& workload, Options options, JobContext& context);

  absl::Status OnConsole(absl::string_view bytes) override;
  absl::Status OnResults(absl::string_view bytes) override;
  void OnStopped(const StoppedMachine& machine) override;
  bool Enough() override;

  // After the exchange: stores the console, and gives artifacts and snapshots to `result`.
  absl::Status Finish(JobResult* result);
  // After Finish: all but what the machine knows.
  Evidence TakeEvidence();

 private:
  absl::Status OnSnapshot(const RawSnapshot& raw);
  // Stores `content` as artifact `name`.
  absl::StatusOr<v1::Artifact> StoreText(const std::string& name, absl::string_view content);

  // What is wrong with the data spoils the verdict, not the run: they are kept.
  void Blame(const absl::Status& verdict, const RawSnapshot& raw);
  // Stores who splits the linear map's blocks.
  absl::Status Attribute(const pagetable::Walk& walk, const pagetable::Dump& dump,
                         const RawSnapshot& raw);
  // What was seen in the moment of the snapshot beside the dump.
  std::vector<Reading> TakeReadings(const RawSnapshot& raw);
  absl::Status Keep(Review review, const RawSnapshot& raw);
  absl::Status KeepMeasures(const RawSnapshot& raw);
  // Stores the raw data and adds the snapshot to the result.
  absl::Status Keep(v1::Snapshot snapshot, const std::string& phase, absl::string_view collector,
                    const char* raw_name, absl::string_view raw);

  const Options options_;
  JobContext& context_;
  JobResult result_;
  ConsoleWatcher watcher_;
  std::string console_;
  size_t results_ = 0;  // Bytes.
  absl::Time stuck_since_ = absl::InfiniteFuture();
  std::deque<absl::StatusOr<pagetable::Walk>> walks_;  // Whose snapshots have not come yet.
  absl::Status review_;                                // The first that is not well.
  absl::Status tests_;
  Transcript transcript_;
};

}  // namespace roxlab

#endif  // ROXLAB_RUNNER_MACHINE_RUN_RECORDER_H_
