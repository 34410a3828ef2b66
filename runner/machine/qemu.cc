// SPDX-License-Identifier: Apache-2.0
#include "runner/machine/qemu.h"

#include <poll.h>

#include <chrono>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/files.h"
#include "common/status_macros.h"
#include "runner/errors.h"
#include "runner/machine/initramfs.h"
#include "runner/machine/qemu_argv.h"

namespace roxlab {
namespace fs = std::filesystem;
namespace {

// How often the files are looked at: what a person would notice, and cheap.
constexpr std::chrono::milliseconds kPoll(25);

}  // namespace

absl::Status FileTail::Poll(const std::function<absl::Status(absl::string_view)>& sink) {
  absl::Status status = ReadInChunks(path_, offset_, [&](absl::string_view bytes) {
    offset_ += bytes.size();
    return sink(bytes);
  });
  return absl::IsNotFound(status) && offset_ == 0 ? absl::OkStatus() : status;
}

QemuMachine::QemuMachine(std::string qemu, v1::QemuProfile profile, fs::path directory,
                         bool observe)
    : qemu_(std::move(qemu)),
      profile_(std::move(profile)),
      directory_(std::move(directory)),
      observe_(observe),
      console_(directory_ / kConsoleFile),
      results_(directory_ / kResultsFile) {}

absl::Status QemuMachine::Prepare(const BootPlan& plan) {
  absl::Status tool = RequireProgram(qemu_, "qemu-system-arm");
  if (!tool.ok()) return InfraError("tool", tool.message());
  // QEMU runs in its own directory, where a relative path would mean something else.
  std::string binary = absl::StrContains(qemu_, '/') ? fs::absolute(qemu_).string() : qemu_;
  argv_ = QemuArgv({binary, profile_, plan.cmdline, plan.seed});

  std::error_code error;
  fs::create_symlink(fs::absolute(plan.image), directory_ / kImageFile, error);
  if (error)
    return InfraError(absl::ErrnoToStatus(error.value(), directory_.string() + "/" + kImageFile));
  return WriteInitramfs({plan.probe, plan.script, plan.modules}, directory_ / kInitramfsFile);
}

std::vector<fs::path> QemuMachine::inputs() const { return {directory_ / kInitramfsFile}; }

absl::Status QemuMachine::Boot() {
  Command command;
  // A runner that is killed takes its machine along.
  command.argv = {"setpriv", "--pdeathsig", "KILL", "--"};
  command.argv.insert(command.argv.end(), argv_.begin(), argv_.end());
  command.directory = directory_;
  if (observe_) {
    absl::StatusOr<std::unique_ptr<Observer>> observer = Observer::Make(profile_);
    if (!observer.ok()) return InfraError(observer.status());
    observer_ = *std::move(observer);
    const std::vector<std::string> more = ObservationArgv(profile_);
    command.argv.insert(command.argv.end(), more.begin(), more.end());
    command.files = observer_->files();
  }
  // Also when there is no process: a peer that waits for its end of a file must see it closed.
  auto started = [this, observer = observer_.get()](pid_t pid) {
    pid_ = pid;
    if (observer != nullptr) observer->ReleaseFiles();
  };
  command.on_start = started;
  process_ = std::async(std::launch::async, [command = std::move(command), kill = kill_, started] {
    absl::StatusOr<ProcessResult> result = RunProcess(command, kill);
    if (!result.ok()) started(0);
    return result;
  });
  return absl::OkStatus();
}

absl::Status QemuMachine::Poll(MachineListener& listener) {
  ROXLAB_RETURN_IF_ERROR(
      console_.Poll([&](absl::string_view bytes) { return listener.OnConsole(bytes); }));
  return results_.Poll([&](absl::string_view bytes) { return listener.OnResults(bytes); });
}

absl::Status QemuMachine::KeepObserving(const absl::Status& status) {
  if (!absl::IsUnavailable(status)) return InfraError(status);
  observer_.reset();
  return absl::OkStatus();
}

absl::StatusOr<bool> QemuMachine::Wait(MachineListener& listener) {
  if (observer_ == nullptr) return process_.wait_for(kPoll) == std::future_status::ready;
  pollfd stop = {observer_->fd(), POLLIN, 0};
  if (poll(&stop, 1, static_cast<int>(kPoll.count())) > 0)
    ROXLAB_RETURN_IF_ERROR(KeepObserving(observer_->Serve(listener)));
  return process_.wait_for(std::chrono::seconds(0)) == std::future_status::ready;
}

absl::StatusOr<Ending> QemuMachine::Listen(absl::Time deadline, const StopToken& stop,
                                           MachineListener& listener) {
  if (observer_ != nullptr) ROXLAB_RETURN_IF_ERROR(KeepObserving(observer_->Attach()));
  while (true) {
    ROXLAB_ASSIGN_OR_RETURN(bool ended, Wait(listener));
    if (ended) return Ending::kPoweredOff;
    ROXLAB_RETURN_IF_ERROR(Poll(listener));
    if (stop.stopped()) return Ending::kStopped;
    // A host with too much to do is not the kernel's fault.
    if (absl::Now() >= deadline && absl::Now() >= deadline + TimeWithoutCpu(pid_))
      return Ending::kTimedOut;
    if (listener.Enough()) return Ending::kEnough;
  }
}

absl::StatusOr<Ending> QemuMachine::Exchange(absl::Duration timeout, const StopToken& stop,
                                             MachineListener& listener) {
  absl::StatusOr<Ending> ending = Listen(absl::Now() + timeout, stop, listener);
  Close();
  if (ending.ok()) ROXLAB_RETURN_IF_ERROR(Poll(listener));
  return ending;
}

absl::Status QemuMachine::Diagnose() {
  if (!end_.ok()) return InfraError(end_.status());
  // Killed by Close: somebody else's decision, and no word about the machine.
  if (end_->ok() || end_->stopped) return absl::OkStatus();
  return InfraError("infrastructure", absl::StrCat("QEMU ended with ", end_->Describe()),
                    end_->output);
}

void QemuMachine::Close() {
  if (!process_.valid()) return;
  kill_.Stop();
  end_ = process_.get();
}

}  // namespace roxlab
