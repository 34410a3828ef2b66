// SPDX-License-Identifier: Apache-2.0
#include "runner/machine/execute_run.h"

#include <fcntl.h>

#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/files.h"
#include "common/status_macros.h"
#include "runner/collect/review.h"
#include "runner/errors.h"
#include "runner/machine/board_machine.h"
#include "runner/machine/machine.h"
#include "runner/machine/qemu.h"
#include "runner/machine/qemu_argv.h"
#include "runner/machine/qemu_version.h"
#include "runner/machine/run_recorder.h"
#include "runner/machine/script.h"

namespace roxlab {
namespace {

constexpr uint32_t kDefaultTimeoutSeconds = 120;

absl::StatusOr<std::filesystem::path> FetchByName(const v1::RunJob& job, absl::string_view name,
                                                  JobContext& context) {
  for (const v1::Artifact& artifact : job.artifacts())
    if (artifact.name() == name) return context.Fetch(artifact);
  return absl::NotFoundError(absl::StrCat("build ", job.build(), " has no artifact '", name, "'"));
}

// Nobody can look at a board's memory from outside.
bool UsesKcore(const v1::RunJob& job, const RunSettings& settings) {
  return settings.kcore || job.machine().has_board();
}

absl::StatusOr<BootPlan> MakePlan(const v1::RunJob& job, const RunSettings& settings,
                                  JobContext& context) {
  BootPlan plan;
  ROXLAB_ASSIGN_OR_RETURN(plan.script, RenderScript(job.workload(), UsesKcore(job, settings)));
  ROXLAB_ASSIGN_OR_RETURN(plan.image, FetchByName(job, "Image", context));
  ROXLAB_ASSIGN_OR_RETURN(plan.modules, FetchByName(job, "modules.cpio", context));
  plan.probe = job.machine().has_board() ? settings.board_probe : settings.probe;
  plan.cmdline = KernelCommandLine(job.machine(), job.cmdline());
  plan.seed = job.seed();
  return plan;
}

absl::StatusOr<std::unique_ptr<Machine>> MakeMachine(const v1::RunJob& job,
                                                     const RunSettings& settings,
                                                     JobContext& context) {
  const v1::Machine& machine = job.machine();
  const std::filesystem::path directory = context.scratch() / "machine";
  ROXLAB_RETURN_IF_ERROR(MakeDirectories(directory));
  if (machine.has_qemu())
    return std::make_unique<QemuMachine>(settings.qemu, machine.qemu(), directory,
                                         settings.observe);
  if (machine.has_board() && settings.take_board) {
    ROXLAB_ASSIGN_OR_RETURN(
        BoardInUse board,
        settings.take_board(machine.name(), absl::StrCat("run ", job.run()), context.stop()));
    auto say = [&context](absl::string_view what) {
      v1::Progress progress;
      progress.set_stage(std::string(what));
      context.Report(progress);
      context.Log(absl::StrCat("roxlab: ", what, "\n"));
    };
    return std::make_unique<BoardMachine>(std::move(board.board), std::move(board.boards),
                                          directory, std::move(board.use), std::move(say),
                                          context.stop());
  }
  return absl::UnimplementedError(
      absl::StrCat("this runner cannot serve machine ", machine.name()));
}

// The five verbs; fills in what of the evidence the machine knows.
absl::Status Drive(Machine& machine, const BootPlan& plan, const StopToken& stop,
                   MachineListener& listener, Evidence* evidence) {
  absl::Status status = machine.Prepare(plan);
  if (status.ok()) status = machine.Boot();
  if (!status.ok()) return status;
  absl::StatusOr<Ending> ending = machine.Exchange(evidence->timeout, stop, listener);
  if (!ending.ok()) return ending.status();
  evidence->ending = *ending;
  return machine.Diagnose();
}

// Keeps what else it takes to boot it again by hand. The same for every seed, so stored once.
absl::Status StoreInputs(const Machine& machine, JobContext& context, JobResult* result) {
  for (const std::filesystem::path& file : machine.inputs()) {
    if (!std::filesystem::exists(file)) continue;  // The machine never got that far.
    absl::StatusOr<v1::Artifact> artifact = context.Store(file.filename().string(), file);
    if (!artifact.ok()) return artifact.status();
    *result->add_artifacts() = *std::move(artifact);
  }
  return absl::OkStatus();
}

absl::Status StoreVersion(const RunSettings& settings, JobContext& context, JobResult* result) {
  const std::filesystem::path file = context.scratch() / kQemuVersionFile;
  // No sync: the store makes it last.
  ROXLAB_ASSIGN_OR_RETURN(UniqueFd fd, OpenFile(file, O_WRONLY | O_CREAT | O_TRUNC));
  ROXLAB_RETURN_IF_ERROR(WriteAll(fd.get(), QemuVersion(settings.qemu, context.scratch())));
  ROXLAB_ASSIGN_OR_RETURN(*result->add_artifacts(), context.Store(kQemuVersionFile, file));
  return absl::OkStatus();
}

}  // namespace

JobResult ExecuteRun(const v1::RunJob& job, const RunSettings& settings, JobContext& context) {
  absl::StatusOr<BootPlan> plan = MakePlan(job, settings, context);
  if (!plan.ok()) return EndedBy(plan.status());
  absl::StatusOr<std::unique_ptr<Machine>> machine = MakeMachine(job, settings, context);
  if (!machine.ok()) return EndedBy(machine.status());

  const uint32_t seconds = job.machine().timeout_seconds();
  Evidence driven;
  driven.timeout = absl::Seconds(seconds == 0 ? kDefaultTimeoutSeconds : seconds);
  RunRecorder recorder(job.workload(),
                       {.observed = settings.observe && job.machine().has_qemu(),
                        .kcore = UsesKcore(job, settings),
                        .strict_rodata = StrictRodata(plan->cmdline)},
                       context);
  driven.machine = Drive(**machine, *plan, context.stop(), recorder, &driven);
  (*machine)->Close();
  if (context.stop().stopped()) driven.ending = Ending::kStopped;

  JobResult result;
  absl::Status stored;
  if (driven.ending != Ending::kStopped) {
    stored = recorder.Finish(&result);
    if (stored.ok()) stored = StoreInputs(**machine, context, &result);
    if (stored.ok() && job.machine().has_qemu()) stored = StoreVersion(settings, context, &result);
  }
  for (const std::string& word : (*machine)->command()) result.add_argv(word);
  Evidence evidence = recorder.TakeEvidence();
  evidence.ending = driven.ending;
  evidence.timeout = driven.timeout;
  evidence.machine = driven.machine;
  absl::Status verdict = Judge(evidence);
  if (verdict.ok() && !stored.ok()) verdict = InfraError(stored);
  return EndedBy(verdict, std::move(result));
}

}  // namespace roxlab
