// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_RUNNER_MACHINE_RUN_RECORDER_H_
#define ROXLAB_RUNNER_MACHINE_RUN_RECORDER_H_

#include "absl/time/time.h"
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
  RunRecorder(const v1::Workload& workload, JobContext& context);

  absl::Status OnConsole(absl::string_view bytes) override;
  absl::Status OnResults(absl::string_view bytes) override;
  bool Enough() override;

  // After the exchange: stores the console, and gives artifacts and snapshots to `result`.
  absl::Status Finish(JobResult* result);
  // After the exchange: all but what the machine knows.
  Evidence TakeEvidence();

 private:
  absl::Status OnSnapshot(const RawSnapshot& raw);
  // Stores `content` as artifact `name`.
  absl::StatusOr<v1::Artifact> StoreText(const std::string& name, absl::string_view content);

  JobContext& context_;
  JobResult result_;
  ConsoleWatcher watcher_;
  std::string console_;
  absl::Time stuck_since_ = absl::InfiniteFuture();
  absl::Status census_;
  Transcript transcript_;
};

}  // namespace roxlab

#endif  // ROXLAB_RUNNER_MACHINE_RUN_RECORDER_H_
