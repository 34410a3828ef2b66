// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_RUNNER_BUILD_MAKE_RUNNER_H_
#define ROXLAB_RUNNER_BUILD_MAKE_RUNNER_H_

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "runner/build/execute_build.h"
#include "runner/build/sandbox.h"
#include "runner/job.h"

namespace roxlab {

// Tells the job's listener a stage; `total` 0: not known.
void ReportStage(JobContext& context, absl::string_view stage, uint64_t done = 0,
                 uint64_t total = 0);

// Runs make in a job's sandbox, logs what it says and turns a bad end into the right error.
class MakeRunner {
 public:
  MakeRunner(Sandbox sandbox, std::string compiler, const BuildSettings& settings,
             absl::Time deadline, JobContext& context)
      : sandbox_(std::move(sandbox)),
        compiler_(std::move(compiler)),
        settings_(settings),
        deadline_(deadline),
        context_(context) {}

  // What to make, and what that is called in progress and in errors.
  struct Target {
    std::vector<std::string> names;
    std::vector<std::pair<std::string, std::string>> variables = {};  // Of the environment.
    std::string stage;                                                // "compile"
    std::string kind;       // Of the failure, where make says no reason of its own.
    uint64_t expected = 0;  // Steps; 0: not known.
  };
  // InfraError ("tool") when this machine lets no sandbox be made: then nothing that make says is
  // the variant's fault.
  absl::Status CheckSandbox();
  // The steps that it took. VariantError (`kind`, "timeout"), InfraError ("disk"), CANCELLED.
  absl::StatusOr<uint64_t> Make(const Target& target);

  const Sandbox& sandbox() const { return sandbox_; }

 private:
  Sandbox sandbox_;
  std::string compiler_;
  const BuildSettings& settings_;
  absl::Time deadline_;
  JobContext& context_;
};

}  // namespace roxlab

#endif  // ROXLAB_RUNNER_BUILD_MAKE_RUNNER_H_
