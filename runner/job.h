// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_RUNNER_JOB_H_
#define ROXLAB_RUNNER_JOB_H_

#include <filesystem>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/process.h"
#include "roxlab/v1/runner_hub.pb.h"

namespace roxlab {

// What a job has of the world while it runs. The agent implements it on top of the server;
// tests keep everything in memory. Used by one thread.
class JobContext {
 public:
  virtual ~JobContext() = default;

  // Appends to the job's log.
  virtual void Log(absl::string_view bytes) = 0;
  // Says how far it is; cheap, may be called often.
  virtual void Report(const v1::Progress& progress) = 0;
  // A local, read-only copy of an artifact; valid while the job runs.
  virtual absl::StatusOr<std::filesystem::path> Fetch(const v1::Artifact& artifact) = 0;
  // Hands a finished file to the lab under `name`. The file may be moved away.
  virtual absl::StatusOr<v1::Artifact> Store(absl::string_view name,
                                             const std::filesystem::path& file) = 0;
  // A directory for this job alone; removed afterwards.
  virtual const std::filesystem::path& scratch() const = 0;
  // Stopped when the job was cancelled or its lease was lost.
  virtual const StopToken& stop() const = 0;
};

// The end of a job: verdict, failure and what came out (`job` and `runner` are not set).
using JobResult = v1::FinishJobRequest;

}  // namespace roxlab

#endif  // ROXLAB_RUNNER_JOB_H_
