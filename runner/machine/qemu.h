// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_RUNNER_MACHINE_QEMU_H_
#define ROXLAB_RUNNER_MACHINE_QEMU_H_

#include <sys/types.h>

#include <atomic>
#include <filesystem>
#include <future>
#include <memory>
#include <string>
#include <vector>

#include "common/process.h"
#include "roxlab/v1/catalog.pb.h"
#include "runner/machine/machine.h"
#include "runner/machine/observer.h"

namespace roxlab {

// A file that another process appends to.
class FileTail {
 public:
  explicit FileTail(std::filesystem::path path) : path_(std::move(path)) {}
  // Gives what came since the last call; a file that is not there yet has nothing.
  absl::Status Poll(const std::function<absl::Status(absl::string_view)>& sink);

 private:
  std::filesystem::path path_;
  uint64_t offset_ = 0;
};

// QEMU as a child process in a directory of the run's own; console and results are files there,
// because an answer from outside at a moment of its own would make runs differ.
class QemuMachine : public Machine {
 public:
  // `qemu`: the binary. `directory`: exists, is empty, outlives the machine. `observe`: whether the
  // listener is shown the guest at each snapshot (OnStopped).
  QemuMachine(std::string qemu, v1::QemuProfile profile, std::filesystem::path directory,
              bool observe);
  ~QemuMachine() override { Close(); }

  absl::Status Prepare(const BootPlan& plan) override;
  absl::Status Boot() override;
  absl::StatusOr<Ending> Exchange(absl::Duration timeout, const StopToken& stop,
                                  MachineListener& listener) override;
  absl::Status Diagnose() override;
  void Close() override;
  std::vector<std::string> command() const override { return argv_; }
  std::vector<std::filesystem::path> inputs() const override;

 private:
  absl::Status Poll(MachineListener& listener);
  absl::StatusOr<Ending> Listen(absl::Time deadline, const StopToken& stop,
                                MachineListener& listener);
  // Waits for news, but not long; whether the process has ended.
  absl::StatusOr<bool> Wait(MachineListener& listener);
  // Lets go of an observer whose QEMU has ended: what that means, its exit status says better.
  absl::Status KeepObserving(const absl::Status& status);

  const std::string qemu_;
  const v1::QemuProfile profile_;
  const std::filesystem::path directory_;
  const bool observe_;
  std::unique_ptr<Observer> observer_;  // As long as the guest is seen.
  FileTail console_, results_;
  std::vector<std::string> argv_;
  StopToken kill_;
  std::atomic<pid_t> pid_ = 0;
  std::future<absl::StatusOr<ProcessResult>> process_;
  absl::StatusOr<ProcessResult> end_ = absl::FailedPreconditionError("QEMU was not started");
};

}  // namespace roxlab

#endif  // ROXLAB_RUNNER_MACHINE_QEMU_H_
