// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_RUNNER_MACHINE_EXECUTE_RUN_H_
#define ROXLAB_RUNNER_MACHINE_EXECUTE_RUN_H_

#include <filesystem>
#include <functional>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "common/process.h"
#include "roxlab/v1/board.pb.h"
#include "roxlab/v1/runner_hub.pb.h"
#include "runner/job.h"

namespace roxlab {

// A board that a run may do with what it likes.
struct BoardInUse {
  v1::Board board;
  std::filesystem::path boards;  // The folder of its file.
  std::shared_ptr<void> use;     // Given back when nobody has this any more.
};

struct RunSettings {
  std::filesystem::path probe;             // roxlab-probe.
  std::filesystem::path board_probe = {};  // roxlab-board-probe.
  // Waits for a board of this runner; NOT_FOUND, UNAVAILABLE, CANCELLED. Empty: there are none.
  std::function<absl::StatusOr<BoardInUse>(const std::string& name, const std::string& purpose,
                                           const StopToken& stop)>
      take_board = {};
  std::string qemu = "qemu-system-aarch64";
  bool observe = false;  // Each snapshot is taken from outside too, and both are compared.
  bool kcore = false;    // Each snapshot is taken through /proc/kcore too, and compared.
};

// Boots the job's build on its machine, lets the probe do the workload and gives the verdict with
// all that came out: "ptdump.PHASE.txt", "walk.PHASE.txt" (when observed), "kcore.PHASE.txt" (with
// kcore), "owners.PHASE.json" (with either; v1::Attribution), "modules.PHASE.txt", "console.log"
// and "qemu-version.txt" as artifacts, the snapshots with their metrics, the command. The console
// goes to the job's log as it appears.
//
// Every end is a result: FAIL names what the kernel did, ERROR what the lab could not do, and
// snapshots taken before it are kept.
JobResult ExecuteRun(const v1::RunJob& job, const RunSettings& settings, JobContext& context);

}  // namespace roxlab

#endif  // ROXLAB_RUNNER_MACHINE_EXECUTE_RUN_H_
