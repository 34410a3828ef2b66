// SPDX-License-Identifier: Apache-2.0
#include "cli/board/check.h"

#include <iostream>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_replace.h"
#include "absl/time/clock.h"
#include "board/board_lock.h"
#include "board/boot_method.h"
#include "board/power_control.h"
#include "board/quarantine.h"
#include "board/serial_console.h"
#include "cli/board/commands.h"
#include "cli/board/directory.h"
#include "cli/errors.h"
#include "common/printable.h"
#include "common/signals.h"
#include "common/status_macros.h"

namespace roxlab {
namespace {

constexpr size_t kMaxShown = 2000;

absl::Status Advise(const absl::Status& status, absl::string_view what_to_do) {
  return absl::Status(status.code(), absl::StrCat(status.message(), "; ", what_to_do));
}

}  // namespace

struct BoardCheck::Step {
  const char* name;
  Outcome (BoardCheck::*check)();
  enum Need { kAlone, kFile, kHostKey, kSsh } needs;
};

// The step that has to have gone well before; nothing when it has.
const char* BoardCheck::Missing(const Step& step) const {
  if (step.needs >= Step::kFile && board_.name().empty()) return "file";
  if (step.needs >= Step::kHostKey && !target_) return "host-key";
  return step.needs >= Step::kSsh && !ssh_ ? "ssh" : nullptr;
}

bool BoardCheck::Run() {
  static constexpr Step kSteps[] = {
      {"file", &BoardCheck::FileIsRight, Step::kAlone},
      {"host-key", &BoardCheck::HostKeyKnown, Step::kFile},
      {"serial", &BoardCheck::SerialOpens, Step::kFile},
      {"power", &BoardCheck::PowerThere, Step::kFile},
      {"ssh", &BoardCheck::LogsIn, Step::kHostKey},
      {"root", &BoardCheck::IsRoot, Step::kSsh},
      {"kernel", &BoardCheck::RunsResident, Step::kSsh},
      {"work", &BoardCheck::WorkHasRoom, Step::kSsh},
      {"boot", &BoardCheck::BootMethodFits, Step::kSsh},
  };
  bool good = true;
  for (const Step& step : kSteps) {
    if (stop_.stopped()) return false;
    if (const char* missing = Missing(step)) {
      Print("-", step.name, absl::StrCat("needs ", missing));
      continue;
    }
    const Outcome outcome = (this->*step.check)();
    good = good && outcome.ok();
    Print(outcome.ok() ? "ok" : "FAIL", step.name,
          outcome.ok() ? *outcome : std::string(outcome.status().message()));
    if (IsAway(outcome.status())) ssh_.reset();  // It is of no use after that.
  }
  return good;
}

void BoardCheck::Print(const char* result, const char* step, const std::string& text) {
  // What a board or a program says may have lines; ours are one each.
  const absl::string_view whole = absl::StripAsciiWhitespace(text);
  out_ << absl::StrFormat(
              "%-4s  %-8s  %s", result, step,
              Printable(absl::StrReplaceAll(whole, {{"\r", ""}, {"\n", " / "}}), kMaxShown))
       << std::endl;
}

absl::Time BoardCheck::CommandEnd() const { return After(board_.timeouts().command()); }

BoardCheck::Outcome BoardCheck::FileIsRight() {
  ROXLAB_ASSIGN_OR_RETURN(board_, FindBoard(choice_.boards, choice_.name));
  return (choice_.boards / (choice_.name + ".yaml")).string();
}

BoardCheck::Outcome BoardCheck::HostKeyKnown() {
  absl::StatusOr<SshTarget> target = TargetOf(board_, choice_.boards);
  if (absl::IsInvalidArgument(target.status()))
    return Advise(target.status(), absl::StrCat("`roxlab board trust ", board_.name(),
                                                " --replace` writes it anew"));
  ROXLAB_RETURN_IF_ERROR(target.status());
  target_ = *std::move(target);
  return Describe(target_->host_key);
}

BoardCheck::Outcome BoardCheck::SerialOpens() {
  if (board_.serial().form_case() == v1::BoardSerial::FORM_NOT_SET)
    return "none in the file: a kernel that does not reach SSH cannot be judged";
  const absl::Status status =
      SerialConsole::Open(board_.serial(), After(board_.timeouts().connect()), stop_).status();
  if (!status.ok())
    return Advise(status, "see that nobody else has the line and that 'serial' names it");
  return "opens";
}

BoardCheck::Outcome BoardCheck::PowerThere() {
  const PowerControl power(board_.power());
  if (power_cycle_) return PowerCycles();
  if (!power.available()) return "none in the file: a board that hangs waits for a person";
  const absl::Status status = power.Check(After(board_.timeouts().power()), stop_);
  if (!status.ok()) return Advise(status, "see 'power' in the file");
  return "there, not switched (--power-cycle does)";
}

BoardCheck::Outcome BoardCheck::PowerCycles() {
  if (target_) {
    const auto before = SshSession::Connect(*target_, After(board_.timeouts().connect()), stop_);
    if (before.ok()) {
      const auto kernel = ReadRunningKernel(**before, CommandEnd(), stop_);
      if (kernel.ok()) boot_before_ = kernel->boot_id;
    }
  }
  const absl::Status status =
      PowerControl(board_.power()).Cycle(After(board_.timeouts().power()), stop_);
  if (!status.ok()) return Advise(status, "run the command by hand, and see 'power' in the file");
  cycled_ = true;
  return "switched off and on";
}

absl::StatusOr<std::unique_ptr<SshSession>> BoardCheck::Reach() {
  if (!cycled_) return SshSession::Connect(*target_, After(board_.timeouts().connect()), stop_);
  // It may run on for a moment before it notices that its power is gone.
  ROXLAB_ASSIGN_OR_RETURN(
      ReachedKernel reached,
      AwaitKernel(
          *target_, [&](const RunningKernel& kernel) { return kernel.boot_id != boot_before_; },
          After(board_.timeouts().return_()), stop_));
  return std::move(reached.ssh);
}

BoardCheck::Outcome BoardCheck::LogsIn() {
  const absl::Time start = absl::Now();
  absl::StatusOr<std::unique_ptr<SshSession>> ssh = Reach();
  if (IsAway(ssh.status()))
    return Advise(ssh.status(),
                  "see that the board is on and its sshd runs, that 'host' and "
                  "'port' are right, and what its console says");
  ROXLAB_RETURN_IF_ERROR(ssh.status());
  ssh_ = *std::move(ssh);
  return absl::StrFormat("%s@%s:%d in %.1f s", board_.user(), board_.host(), board_.port(),
                         absl::ToDoubleSeconds(absl::Now() - start));
}

BoardCheck::Outcome BoardCheck::IsRoot() {
  ROXLAB_ASSIGN_OR_RETURN(const std::string said,
                          ssh_->RunAndRead({"id", "-u"}, CommandEnd(), stop_));
  const absl::string_view id = absl::StripAsciiWhitespace(said);
  if (id == "0") return absl::StrCat(board_.user(), " is root");
  return absl::FailedPreconditionError(
      absl::StrCat("'", board_.user(), "' is user ", id, " there; 'user' must be root"));
}

BoardCheck::Outcome BoardCheck::RunsResident() {
  ROXLAB_ASSIGN_OR_RETURN(const RunningKernel kernel,
                          ReadRunningKernel(*ssh_, CommandEnd(), stop_));
  if (kernel.under_test)
    return absl::FailedPreconditionError(
        absl::StrCat(kernel.release, " is a kernel under test; reboot the board"));
  const std::string& resident = board_.resident_kernel();
  if (resident.empty()) return absl::StrCat(kernel.release, " (the file names none)");
  if (kernel.release == resident) return resident;
  return absl::FailedPreconditionError(
      absl::StrCat("it runs ", kernel.release, ", and the file says ", resident,
                   "; reboot the board, or write 'resident_kernel: ", kernel.release, "'"));
}

absl::StatusOr<uint64_t> BoardCheck::CachedBytes() {
  const auto files = ssh_->List(board_.work_directory() + "/cache", CommandEnd(), stop_);
  if (absl::IsNotFound(files.status())) return 0;
  ROXLAB_RETURN_IF_ERROR(files.status());
  uint64_t bytes = 0;
  for (const RemoteFile& file : *files) bytes += file.bytes;
  return bytes;
}

BoardCheck::Outcome BoardCheck::WorkHasRoom() {
  const std::string& work = board_.work_directory();
  const std::string file = work + "/check";
  absl::Status written =
      ssh_->RunAndRead({"mkdir", "-p", "--", work}, CommandEnd(), stop_).status();
  if (written.ok()) written = ssh_->Write("check\n", file, 0600, CommandEnd(), stop_);
  if (!written.ok()) return Advise(written, "see that 'work_directory' can be written to");
  ROXLAB_RETURN_IF_ERROR(ssh_->Remove(file, CommandEnd(), stop_));
  ROXLAB_ASSIGN_OR_RETURN(const uint64_t left, ssh_->FreeBytes(work, CommandEnd(), stop_));
  ROXLAB_ASSIGN_OR_RETURN(const uint64_t cached, CachedBytes());
  const uint64_t room = (left + cached) >> 20;
  if (room >= board_.cache_mib())
    return absl::StrCat(work, ", ", room, " MiB for a cache of ", board_.cache_mib());
  return absl::ResourceExhaustedError(
      absl::StrCat(work, " has room for ", room, " MiB of files, and 'cache_mib' is ",
                   board_.cache_mib(), "; make room, or let the cache be smaller"));
}

BoardCheck::Outcome BoardCheck::BootMethodFits() {
  ROXLAB_RETURN_IF_ERROR(BootMethod::Make(board_)->Check(*ssh_, CommandEnd(), stop_));
  return "a test kernel can be started";
}

absl::StatusOr<int> CheckBoard(const BoardChoice& choice, bool power_cycle) {
  ROXLAB_RETURN_IF_ERROR(RequireBoard(choice.boards, choice.name));
  const StopToken stop = StopOnSignals();
  const absl::StatusOr<BoardLock> lock =
      BoardLock::TryLock(choice.boards, choice.name, PurposeOf("checked"));
  if (absl::IsUnavailable(lock.status())) return PrintTaken(lock.status());
  ROXLAB_RETURN_IF_ERROR(lock.status());
  const bool good = BoardCheck(choice, power_cycle, stop, std::cout).Run();
  if (stop.stopped()) return kExitCancelled;
  if (ReadQuarantine(choice.boards, choice.name).ok())
    std::cerr << "It is in quarantine: `roxlab board retry " << choice.name << "` takes it out.\n";
  return good ? kExitOk : kExitFail;
}

}  // namespace roxlab
