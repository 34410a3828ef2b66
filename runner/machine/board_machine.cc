// SPDX-License-Identifier: Apache-2.0
#include "runner/machine/board_machine.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <future>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"
#include "board/remote_script.h"
#include "common/files.h"
#include "common/hash.h"
#include "common/status_macros.h"
#include "runner/collect/stream_reader.h"
#include "runner/errors.h"
#include "runner/probe/stream_format.h"

namespace roxlab {
namespace fs = std::filesystem;
namespace {

constexpr int kListenMs = 100;
// The board measures while it is looked at, so not often. To ask whether the probe is alive takes a
// process there, and so memory.
constexpr absl::Duration kFollow = absl::Milliseconds(200), kAskForProbe = absl::Seconds(3);
// A resident kernel that answered so shortly before has not gone; a try takes up to 10 s.
constexpr absl::Duration kStillThere = absl::Seconds(15);
constexpr uint64_t kChunk = uint64_t{1} << 20;

// $1: the probe's world, on a file system that a reset empties; $2: the probe; $3: the modules;
// $4: the script.
constexpr char kStartProbe[] =
    "set -e; mkdir -p \"$1\"; mount -t tmpfs -o mode=0700 roxlab \"$1\"; trap '' HUP; "
    "\"$2\" \"$1\" \"$3\" \"$4\" </dev/null >\"$1/said\" 2>&1 & echo $! >\"$1/pid\"";
// Exit status 0 while the probe of the world $1 runs.
constexpr char kProbeRuns[] = "kill -0 $(cat \"$1/pid\")";

absl::StatusOr<TransferFile> Hashed(const fs::path& file) {
  ROXLAB_ASSIGN_OR_RETURN(std::string hash, Sha256HexOfFile(file));
  return TransferFile{file, std::move(hash)};
}

}  // namespace

// Bytes from the thread that follows the board to the one that listens.
class ResultQueue {
 public:
  ResultQueue() : event_(eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {}
  int fd() const { return event_.get(); }
  void Push(absl::string_view bytes) ABSL_LOCKS_EXCLUDED(mutex_) {
    absl::MutexLock lock(&mutex_);
    absl::StrAppend(&bytes_, bytes);
    eventfd_write(event_.get(), 1);
  }
  std::string Take() ABSL_LOCKS_EXCLUDED(mutex_) {
    absl::MutexLock lock(&mutex_);
    eventfd_t count;
    eventfd_read(event_.get(), &count);
    return std::exchange(bytes_, "");
  }

 private:
  UniqueFd event_;
  absl::Mutex mutex_;
  std::string bytes_ ABSL_GUARDED_BY(mutex_);
};

BoardMachine::BoardMachine(v1::Board board, fs::path boards, fs::path directory,
                           std::shared_ptr<void> use, std::function<void(absl::string_view)> say,
                           const StopToken& stop)
    : board_(std::move(board)),
      boards_(std::move(boards)),
      directory_(std::move(directory)),
      use_(std::move(use)),
      say_(std::move(say)),
      stop_(stop),
      method_(BootMethod::Make(board_)) {}

BoardMachine::~BoardMachine() { Close(); }

absl::Time BoardMachine::CommandDeadline() const { return After(board_.timeouts().command()); }

std::string BoardMachine::Root() const { return board_.work_directory() + "/root"; }

absl::Status BoardMachine::OpenSerial() {
  if (board_.serial().form_case() == v1::BoardSerial::FORM_NOT_SET) return absl::OkStatus();
  absl::StatusOr<SerialConsole> serial =
      SerialConsole::Open(board_.serial(), CommandDeadline(), stop_);
  if (!serial.ok()) return InContext(InfraError(serial.status()), "serial console");
  serial_ = *std::move(serial);
  return absl::OkStatus();
}

absl::Status BoardMachine::Prepare(const BootPlan& plan) {
  return InContext(InfraError(PrepareSteps(plan)), absl::StrCat("board ", board_.name()));
}

absl::Status BoardMachine::PrepareSteps(const BootPlan& plan) {
  say_("reaching the board");
  ROXLAB_ASSIGN_OR_RETURN(ReachedKernel home, BoardHome(board_, boards_).Return(stop_, say_));
  ssh_ = std::move(home.ssh);
  resident_ = std::move(home.kernel);
  ROXLAB_ASSIGN_OR_RETURN(image_, ReadFile(plan.image));
  std::map<std::string, TransferFile> files;
  ROXLAB_ASSIGN_OR_RETURN(files["Image"], Hashed(plan.image));
  ROXLAB_ASSIGN_OR_RETURN(files["modules.cpio"], Hashed(plan.modules));
  ROXLAB_ASSIGN_OR_RETURN(files["probe"], Hashed(plan.probe));
  say_("transferring the build");
  const absl::Time deadline = After(board_.timeouts().transfer());
  Transfer transfer(*ssh_, board_, directory_);
  const absl::Time start = absl::Now();
  ROXLAB_ASSIGN_OR_RETURN(files_, transfer.Put(files, deadline, stop_));
  say_(absl::StrFormat("transferred %d of %d files, %.1f MiB, in %.2f s", files_.sent, files.size(),
                       static_cast<double>(files_.sent_bytes) / (1 << 20),
                       absl::ToDoubleSeconds(absl::Now() - start)));
  ROXLAB_RETURN_IF_ERROR(
      ssh_->Write(plan.script, board_.work_directory() + "/script", 0600, deadline, stop_));
  kernel_.image = files_.paths["Image"];
  kernel_.cmdline = absl::StrCat(plan.cmdline, " ", kTestMark, plan.seed);
  return OpenSerial();
}

absl::Status BoardMachine::Boot() {
  say_("starting the kernel under test");
  absl::Status status = method_->Arm(*ssh_, kernel_, CommandDeadline(), stop_);
  if (const auto answer = method_->answer()) prompt_.emplace(answer->prompt);
  if (status.ok()) status = method_->Start(*ssh_, CommandDeadline(), stop_);
  ssh_.reset();
  return InContext(InfraError(status), absl::StrCat("board ", board_.name()));
}

absl::Status BoardMachine::Feed(MachineListener& listener) {
  absl::StatusOr<std::string> bytes = serial_->Read();
  if (!bytes.ok()) {
    // The server of consoles has let go; another try is worth more than the end of the run.
    serial_.reset();
    OpenSerial().IgnoreError();
    return absl::OkStatus();
  }
  if (prompt_ && prompt_->Feed(*bytes))
    serial_->Write(method_->answer()->reply, CommandDeadline(), stop_).IgnoreError();
  return listener.OnConsole(*bytes);
}

absl::StatusOr<Ending> BoardMachine::Exchange(absl::Duration timeout, const StopToken& stop,
                                              MachineListener& listener) {
  ResultQueue results;
  StopToken leave;
  auto follower = std::async(std::launch::async, [&] { return Follow(timeout, leave, results); });
  absl::Status status;
  Ending ending = Ending::kPoweredOff;
  bool over = false;
  while (status.ok() && !over) {
    pollfd fds[] = {{results.fd(), POLLIN, 0},
                    {serial_ ? serial_->fd() : -1, POLLIN, 0},
                    {stop.fd(), POLLIN, 0}};
    poll(fds, 3, kListenMs);
    // Once more after the follower's end, for what it left behind.
    over = follower.wait_for(std::chrono::seconds(0)) == std::future_status::ready;
    if (fds[1].revents != 0) status = Feed(listener);
    if (status.ok()) status = listener.OnResults(results.Take());
    if (stop.stopped()) ending = Ending::kStopped;
    if (listener.Enough()) ending = Ending::kEnough;
    over |= ending != Ending::kPoweredOff;
  }
  leave.Stop();
  followed_ = follower.get();
  ROXLAB_RETURN_IF_ERROR(status);
  if (ending == Ending::kPoweredOff && absl::IsDeadlineExceeded(followed_) &&
      reached_ == Reached::kProbe)
    return Ending::kTimedOut;
  return ending;
}

absl::Status BoardMachine::Follow(absl::Duration timeout, const StopToken& leave,
                                  ResultQueue& results) {
  ROXLAB_RETURN_IF_ERROR(Meet(leave));
  const absl::Time deadline = absl::Now() + timeout;
  ROXLAB_RETURN_IF_ERROR(StartProbe(leave));
  reached_ = Reached::kProbe;
  return ReadResults(deadline, leave, results);
}

absl::Status BoardMachine::Meet(const StopToken& leave) {
  ROXLAB_ASSIGN_OR_RETURN(const SshTarget target, TargetOf(board_, boards_));
  absl::Time resident_seen = absl::InfinitePast();
  const auto is_another = [&](const RunningKernel& kernel) {
    if (kernel.boot_id == resident_.boot_id) resident_seen = absl::Now();
    return kernel.boot_id != resident_.boot_id;
  };
  absl::StatusOr<ReachedKernel> reached =
      AwaitKernel(target, is_another, After(board_.timeouts().boot()), leave);
  if (!reached.ok() && absl::Now() - resident_seen < kStillThere) reached_ = Reached::kResident;
  ROXLAB_RETURN_IF_ERROR(reached.status());
  ssh_ = std::move(reached->ssh);
  tested_ = std::move(reached->kernel);
  reached_ = tested_.under_test ? Reached::kAnother : Reached::kResidentAgain;
  if (!tested_.under_test) return absl::AbortedError("the resident kernel came up again");
  ROXLAB_ASSIGN_OR_RETURN(const std::string notes,
                          ssh_->Download("/sys/kernel/notes", 4096, CommandDeadline(), leave));
  if (notes.empty() || !absl::StrContains(image_, notes))
    return absl::AbortedError(
        absl::StrCat("the kernel that came up, ", tested_.release, ", is not the build's"));
  return absl::OkStatus();
}

absl::Status BoardMachine::StartProbe(const StopToken& leave) {
  const std::string work = board_.work_directory();
  return RunScript(*ssh_, kStartProbe,
                   {Root(), files_.paths["probe"], files_.paths["modules.cpio"], work + "/script"},
                   "start of the probe", CommandDeadline(), leave)
      .status();
}

absl::Status BoardMachine::Rejoin(absl::Time deadline, const StopToken& leave) {
  ROXLAB_ASSIGN_OR_RETURN(const SshTarget target, TargetOf(board_, boards_));
  ROXLAB_ASSIGN_OR_RETURN(ReachedKernel reached, AwaitKernel(target, AnyKernel, deadline, leave));
  ssh_ = std::move(reached.ssh);
  if (reached.kernel.boot_id == tested_.boot_id) return absl::OkStatus();
  reached_ = Reached::kResidentAgain;
  return absl::AbortedError("the board came up anew in the midst of the run");
}

absl::StatusOr<bool> BoardMachine::ProbeRuns(const StopToken& leave) {
  ROXLAB_ASSIGN_OR_RETURN(
      const RemoteResult runs,
      ssh_->Run({"sh", "-c", kProbeRuns, "roxlab", Root()}, "", CommandDeadline(), leave));
  return runs.ok();
}

absl::Status BoardMachine::ReadResults(absl::Time deadline, const StopToken& leave,
                                       ResultQueue& results) {
  StreamReader stream([](const Record&) {});  // To see its end.
  uint64_t offset = 0;
  bool gone = false;
  absl::Time ask = absl::Now() + kAskForProbe;
  while (!stream.complete()) {
    if (absl::Now() >= deadline) return absl::DeadlineExceededError("the probe is not done");
    absl::StatusOr<std::string> bytes =
        ssh_->ReadAt(Root() + probe::kResultsPath, offset, kChunk, CommandDeadline(), leave);
    if (IsAway(bytes.status())) {
      ROXLAB_RETURN_IF_ERROR(Rejoin(deadline, leave));
      continue;
    }
    // It makes the file itself, a moment after its start.
    if (absl::IsNotFound(bytes.status())) bytes = "";
    ROXLAB_RETURN_IF_ERROR(bytes.status());
    if (!bytes->empty()) {
      offset += bytes->size();
      results.Push(*bytes);
      stream.Feed(*bytes).IgnoreError();  // Judged by who listens.
      continue;
    }
    if (gone) return offset == 0 ? WhatProbeSaid(leave) : absl::OkStatus();
    if (absl::Now() >= ask) {
      ROXLAB_ASSIGN_OR_RETURN(const bool runs, ProbeRuns(leave));
      gone = !runs;  // What it wrote last is read once more.
      ask = absl::Now() + kAskForProbe;
    }
    ROXLAB_RETURN_IF_ERROR(Pause(kFollow, leave));
  }
  return absl::OkStatus();
}

absl::Status BoardMachine::WhatProbeSaid(const StopToken& leave) {
  const absl::StatusOr<std::string> said =
      ssh_->Download(Root() + "/said", 4096, CommandDeadline(), leave);
  return absl::InternalError(absl::StrCat("the probe ended: ", said.ok() ? *said : ""));
}

absl::Status BoardMachine::Diagnose() {
  if (followed_.ok()) return absl::OkStatus();
  // Whether the board is well tells whose fault it was.
  say_("bringing the board back");
  ssh_.reset();
  const absl::Status home = BoardHome(board_, boards_).Return(stop_, say_).status();
  if (!home.ok()) return InfraError(home);
  switch (reached_) {
    case Reached::kNothing:
      return VariantError("boot",
                          absl::StrCat("not reached by SSH within ", board_.timeouts().boot(),
                                       " s of its start: ", followed_.message()));
    case Reached::kResident:
      return InfraError(
          "infrastructure",
          absl::StrCat("the board does not leave its resident kernel: ", followed_.message()));
    case Reached::kResidentAgain:
      return VariantError("boot", "the board was reset: its resident kernel came up again");
    case Reached::kAnother:
      return InfraError("infrastructure", followed_.message());
    case Reached::kProbe:
      if (absl::IsDeadlineExceeded(followed_)) return absl::OkStatus();  // Judged as a timeout.
      return InfraError(followed_);
  }
  return absl::OkStatus();
}

void BoardMachine::Close() {
  ssh_.reset();
  serial_.reset();
}

std::vector<std::string> BoardMachine::command() const {
  return {"boot-on-board", board_.name(), "-kernel", "Image", "-append", kernel_.cmdline};
}

}  // namespace roxlab
