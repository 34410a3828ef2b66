// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_RUNNER_MACHINE_BOARD_MACHINE_H_
#define ROXLAB_RUNNER_MACHINE_BOARD_MACHINE_H_

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "board/boot_method.h"
#include "board/console_prompt.h"
#include "board/serial_console.h"
#include "board/ssh_session.h"
#include "board/transfer.h"
#include "roxlab/v1/board.pb.h"
#include "runner/machine/board_home.h"
#include "runner/machine/machine.h"

namespace roxlab {

class ResultQueue;

// A physical board, from its resident kernel to the end of the probe on the kernel under test. The
// way back is the caller's (BoardHome), who has the board's lock all the time.
class BoardMachine : public Machine {
 public:
  // `boards`: the folder of the board's file. `directory`: exists, is the run's own. `use`: what
  // keeps others off the board; given back with the machine. `say` hears what is being done, in the
  // thread that calls the verbs. `stop` ends every step.
  BoardMachine(v1::Board board, std::filesystem::path boards, std::filesystem::path directory,
               std::shared_ptr<void> use, std::function<void(absl::string_view)> say,
               const StopToken& stop);
  ~BoardMachine() override;

  absl::Status Prepare(const BootPlan& plan) override;
  absl::Status Boot() override;
  absl::StatusOr<Ending> Exchange(absl::Duration timeout, const StopToken& stop,
                                  MachineListener& listener) override;
  absl::Status Diagnose() override;
  void Close() override;
  std::vector<std::string> command() const override;
  std::vector<std::filesystem::path> inputs() const override { return {}; }

 private:
  // How far the kernel under test came.
  enum class Reached { kNothing, kResident, kResidentAgain, kAnother, kProbe };

  absl::Status PrepareSteps(const BootPlan& plan);
  absl::Status OpenSerial();
  absl::Status Feed(MachineListener& listener);
  // In a thread of its own: meets the kernel under test, starts the probe, follows its results.
  absl::Status Follow(absl::Duration timeout, const StopToken& leave, ResultQueue& results);
  absl::Status Meet(const StopToken& leave);
  absl::Status StartProbe(const StopToken& leave);
  absl::StatusOr<bool> ProbeRuns(const StopToken& leave);
  // Why it has no results.
  absl::Status WhatProbeSaid(const StopToken& leave);
  absl::Status ReadResults(absl::Time deadline, const StopToken& leave, ResultQueue& results);
  absl::Status Rejoin(absl::Time deadline, const StopToken& leave);
  absl::Time CommandDeadline() const;
  std::string Root() const;  // Folder on the board: all that the probe sees.

  const v1::Board board_;
  const std::filesystem::path boards_, directory_;
  const std::shared_ptr<void> use_;
  const std::function<void(absl::string_view)> say_;
  const StopToken stop_;
  std::unique_ptr<BootMethod> method_;
  std::unique_ptr<SshSession> ssh_;
  std::optional<SerialConsole> serial_;
  RunningKernel resident_, tested_;
  TestKernel kernel_;
  std::string image_;  // What /sys/kernel/notes must be part of: the Image.
  TransferResult files_;
  std::optional<ConsolePrompt> prompt_;  // Of the boot loader, when it asks.
  Reached reached_ = Reached::kNothing;
  absl::Status followed_;  // How far Follow came; OK: to the probe's end.
};

}  // namespace roxlab

#endif  // ROXLAB_RUNNER_MACHINE_BOARD_MACHINE_H_
