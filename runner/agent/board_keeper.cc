// SPDX-License-Identifier: Apache-2.0
#include "runner/agent/board_keeper.h"

#include <spdlog/spdlog.h>

#include <utility>

#include "absl/time/clock.h"
#include "board/boot_method.h"
#include "board/console_tail.h"
#include "board/quarantine.h"
#include "board/serial_console.h"
#include "common/status_macros.h"
#include "runner/machine/board_home.h"

namespace roxlab {
namespace {

// How soon a reservation, or the end of one, is noticed.
constexpr absl::Duration kLook = absl::Seconds(1);

}  // namespace

BoardKeeper::BoardKeeper(v1::Board board, std::filesystem::path boards)
    : board_(std::move(board)), boards_(std::move(boards)), thread_([this] { Loop(); }) {}

BoardKeeper::~BoardKeeper() {
  leaving_.Stop();
  thread_.join();
}

v1::BoardReport BoardKeeper::Report() const {
  v1::BoardReport report;
  v1::Machine& machine = *report.mutable_machine();
  machine.set_name(board_.name());
  machine.set_title(board_.title());
  *machine.mutable_tags() = board_.tags();
  *machine.mutable_configs() = board_.configs();
  machine.set_cmdline(board_.cmdline());
  absl::MutexLock lock(&mutex_);
  machine.mutable_board()->set_resident(resident_);
  report.set_state(state_);
  report.set_reason(reason_);
  return report;
}

void BoardKeeper::Set(v1::BoardState state, const std::string& reason) {
  absl::MutexLock lock(&mutex_);
  if (state_ != state)
    spdlog::info("board {}: {}{}{}", board_.name(), v1::BoardState_Name(state),
                 reason.empty() ? "" : ": ", reason);
  state_ = state;
  reason_ = reason;
}

bool BoardKeeper::Lock(const std::string& purpose) {
  absl::StatusOr<BoardLock> taken = BoardLock::TryLock(boards_, board_.name(), purpose);
  if (!taken.ok()) {
    state_ = v1::BOARD_RESERVED;
    reason_ = std::string(taken.status().message());
    return false;
  }
  lock_ = *std::move(taken);
  return true;
}

absl::StatusOr<std::unique_ptr<BoardKeeper::Use>> BoardKeeper::Take(const std::string& purpose,
                                                                    const StopToken& stop) {
  const auto decided = [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    return state_ == v1::BOARD_READY || state_ == v1::BOARD_QUARANTINED;
  };
  absl::MutexLock lock(&mutex_);
  while (!stop.stopped() && !leaving_.stopped()) {
    if (!mutex_.AwaitWithTimeout(absl::Condition(&decided), kLook)) continue;
    if (state_ == v1::BOARD_QUARANTINED) return absl::UnavailableError(reason_);
    if (!Lock(purpose)) continue;
    state_ = v1::BOARD_BUSY;
    reason_ = purpose;
    used_ = true;
    return std::unique_ptr<Use>(new Use(*this));
  }
  return absl::CancelledError("stopped while waiting for the board");
}

BoardKeeper::Use::~Use() {
  absl::MutexLock lock(&keeper_.mutex_);
  keeper_.used_ = false;
  keeper_.SendBack();
}

void BoardKeeper::SendBack() {
  state_ = v1::BOARD_RECOVERING;
  reason_ = "on its way back to its resident kernel";
}

absl::Status BoardKeeper::Check(SshSession& ssh) const {
  const absl::Time deadline = After(board_.timeouts().command());
  ROXLAB_RETURN_IF_ERROR(BootMethod::Make(board_)->Check(ssh, deadline, leaving_));
  if (board_.serial().form_case() == v1::BoardSerial::FORM_NOT_SET) return absl::OkStatus();
  return SerialConsole::Open(board_.serial(), deadline, leaving_).status();
}

void BoardKeeper::Recover() {
  {
    absl::MutexLock lock(&mutex_);
    if (!lock_ && !Lock("brought back to its resident kernel")) return;
  }
  const ConsoleTail console(board_.serial());
  const auto say = [this](absl::string_view line) { Set(v1::BOARD_RECOVERING, std::string(line)); };
  const absl::StatusOr<ReachedKernel> home = BoardHome(board_, boards_).Return(leaving_, say);
  absl::Status status = home.status();
  bool check = false;
  {
    absl::MutexLock lock(&mutex_);
    check = jobs_until_check_ == 0;
    jobs_until_check_ = check ? board_.health_interval() : jobs_until_check_ - 1;
    if (home.ok()) resident_ = home->kernel.release;
  }
  if (status.ok() && check) status = Check(*home->ssh);
  {
    absl::MutexLock lock(&mutex_);
    lock_.reset();
  }
  if (absl::IsCancelled(status)) return;
  if (status.ok()) return Set(v1::BOARD_READY);
  Quarantine(std::string(status.message()), console.Text());
}

void BoardKeeper::Quarantine(std::string reason, const std::string& console) {
  const absl::Status written = WriteQuarantine(boards_, board_.name(), console, &reason);
  if (!written.ok())
    spdlog::error("board {}: cannot keep its quarantine: {}", board_.name(), written.ToString());
  Set(v1::BOARD_QUARANTINED, reason);
}

void BoardKeeper::LookAround() {
  const absl::StatusOr<std::string> quarantine = ReadQuarantine(boards_, board_.name());
  if (quarantine.ok()) return Set(v1::BOARD_QUARANTINED, *quarantine);
  const absl::StatusOr<BoardOwner> owner = BoardLock::Owner(boards_, board_.name());
  absl::MutexLock lock(&mutex_);
  if (used_ || lock_) return;
  if (owner.ok()) {
    state_ = v1::BOARD_RESERVED;
    reason_ = owner->Describe();
  } else if (state_ == v1::BOARD_RESERVED || state_ == v1::BOARD_QUARANTINED) {
    SendBack();  // Whoever had it may have left it in any state.
  }
}

void BoardKeeper::Loop() {
  const auto recovering = [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    return !used_ && state_ == v1::BOARD_RECOVERING;
  };
  while (!leaving_.stopped()) {
    {
      absl::MutexLock lock(&mutex_);
      mutex_.AwaitWithTimeout(absl::Condition(&recovering), kLook);
    }
    LookAround();
    absl::ReleasableMutexLock lock(&mutex_);
    if (!recovering()) continue;
    lock.Release();
    Recover();
  }
}

}  // namespace roxlab
