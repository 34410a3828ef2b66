// SPDX-License-Identifier: Apache-2.0
#include "common/process.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <fstream>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "common/spawn.h"

namespace roxlab {
namespace fs = std::filesystem;

struct StopToken::State {
  UniqueFd event{eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)};
  std::atomic<bool> stopped = false;
};

StopToken::StopToken() : state_(std::make_shared<State>()) {}

void StopToken::Stop() {
  state_->stopped = true;
  uint64_t one = 1;
  [[maybe_unused]] ssize_t n = write(state_->event.get(), &one, sizeof one);
}

bool StopToken::stopped() const { return state_->stopped; }
int StopToken::fd() const { return state_->event.get(); }

namespace {

void KillGroup(pid_t group) { kill(-group, SIGKILL); }

// Reads what is there; false at the end of the stream.
bool Drain(int fd, const std::function<void(absl::string_view)>& sink) {
  char buffer[64 * 1024];
  ssize_t n = read(fd, buffer, sizeof buffer);
  if (n > 0) sink(absl::string_view(buffer, static_cast<size_t>(n)));
  return n > 0 || (n < 0 && (errno == EINTR || errno == EAGAIN));
}

// Writes what the pipe takes of `rest`; closes it when all is written or nobody reads.
void Feed(UniqueFd& fd, absl::string_view& rest) {
  ssize_t n = write(fd.get(), rest.data(), rest.size());
  if (n > 0) rest.remove_prefix(static_cast<size_t>(n));
  bool broken = n < 0 && errno != EAGAIN && errno != EINTR;
  if (rest.empty() || broken) fd = UniqueFd();
}

}  // namespace

absl::Status PollUntil(int fd, short events, absl::Time deadline, const StopToken& stop) {
  while (true) {
    const absl::Duration left =
        std::clamp(deadline - absl::Now(), absl::ZeroDuration(), absl::Hours(1));
    pollfd fds[] = {{fd, events, 0}, {stop.fd(), POLLIN, 0}};
    poll(fds, 2,
         static_cast<int>(absl::ToInt64Milliseconds(absl::Ceil(left, absl::Milliseconds(1)))));
    if (fds[1].revents != 0) return absl::CancelledError("stopped");
    if (fds[0].revents != 0) return absl::OkStatus();
    if (absl::Now() >= deadline) return absl::DeadlineExceededError("the time is over");
  }
}

absl::Status Pause(absl::Duration duration, const StopToken& stop) {
  const absl::Status status = PollUntil(-1, 0, absl::Now() + duration, stop);
  return absl::IsDeadlineExceeded(status) ? absl::OkStatus() : status;
}

absl::StatusOr<ProcessResult> RunProcess(const Command& command, const StopToken& stop) {
  absl::StatusOr<Child> child = Spawn(command);
  if (!child.ok()) return child.status();
  if (command.on_start) command.on_start(child->pid);

  ProcessResult result;
  auto sink = [&](absl::string_view bytes) {
    if (command.on_output) {
      command.on_output(bytes);
    } else {
      absl::StrAppend(&result.output, bytes);
    }
  };
  absl::string_view rest = command.input;
  const absl::Time deadline = absl::Now() + command.timeout;
  bool output_open = true, exited = false;
  // A grandchild may hold the pipe open after the child has ended, so the child's end, not the
  // pipe's, is what counts.
  while (!exited) {
    pollfd fds[] = {{output_open ? child->output.get() : -1, POLLIN, 0},
                    {child->process.get(), POLLIN, 0},
                    {stop.fd(), POLLIN, 0},
                    {child->input.valid() ? child->input.get() : -1, POLLOUT, 0}};
    absl::Duration wait = deadline - absl::Now();
    if (command.on_tick) wait = std::min(wait, command.tick);
    wait = std::clamp(wait, absl::ZeroDuration(), absl::Hours(1));
    poll(fds, 4,
         static_cast<int>(absl::ToInt64Milliseconds(absl::Ceil(wait, absl::Milliseconds(1)))));
    if (fds[0].revents != 0) output_open = Drain(child->output.get(), sink);
    if (fds[3].revents != 0) Feed(child->input, rest);
    exited = fds[1].revents != 0;
    if (exited) break;
    if (command.on_tick) command.on_tick();
    result.stopped = stop.stopped();
    result.timed_out = !result.stopped && absl::Now() >= deadline;
    if (result.stopped || result.timed_out) break;
  }
  KillGroup(child->pid);
  int status = 0;
  while (waitpid(child->pid, &status, 0) < 0 && errno == EINTR) {
  }
  fcntl(child->output.get(), F_SETFL, O_NONBLOCK);
  while (output_open) {
    pollfd fd = {child->output.get(), POLLIN, 0};
    if (poll(&fd, 1, 0) <= 0) break;
    output_open = Drain(child->output.get(), sink);
  }
  if (WIFEXITED(status)) result.exit_code = WEXITSTATUS(status);
  if (WIFSIGNALED(status)) result.signal = WTERMSIG(status);
  return result;
}

std::string ProcessResult::Describe() const {
  if (timed_out) return "timed out";
  if (stopped) return "stopped";
  if (signal != 0) return absl::StrCat("signal ", signal, " (", strsignal(signal), ")");
  return absl::StrCat("exit status ", exit_code);
}

absl::Duration TimeWithoutCpu(pid_t process) {
  absl::Duration longest;
  std::error_code gone;
  fs::directory_iterator thread(absl::StrCat("/proc/", process, "/task"), gone);
  for (; !gone && thread != fs::directory_iterator(); thread.increment(gone)) {
    int64_t ran = 0, waited = 0;  // ns.
    std::ifstream file(thread->path() / "schedstat");
    if (file >> ran >> waited) longest = std::max(longest, absl::Nanoseconds(waited));
  }
  return longest;
}

absl::StatusOr<std::string> RunAndRead(Command command, const StopToken& stop) {
  command.on_output = nullptr;
  absl::StatusOr<ProcessResult> result = RunProcess(command, stop);
  if (!result.ok()) return result.status();
  if (result->ok()) return std::move(result->output);
  if (result->stopped) return absl::CancelledError(absl::StrCat(command.argv[0], " was stopped"));
  size_t keep = std::min<size_t>(result->output.size(), 2000);
  return absl::InternalError(absl::StrCat(ShellQuote(command.argv), ": ", result->Describe(), "\n",
                                          result->output.substr(result->output.size() - keep)));
}

fs::path FindProgram(absl::string_view program) {
  if (absl::StrContains(program, '/'))
    return access(std::string(program).c_str(), X_OK) == 0 ? fs::path(std::string(program))
                                                           : fs::path();
  const char* path = getenv("PATH");
  for (absl::string_view directory : absl::StrSplit(path == nullptr ? "" : path, ':')) {
    fs::path candidate = fs::path(std::string(directory)) / std::string(program);
    if (!directory.empty() && access(candidate.c_str(), X_OK) == 0) return candidate;
  }
  return {};
}

absl::Status RequireProgram(absl::string_view program, absl::string_view package) {
  if (!FindProgram(program).empty()) return absl::OkStatus();
  return absl::FailedPreconditionError(
      absl::StrCat("missing tool '", program, "': install the Debian package '", package, "'"));
}

std::string ShellQuote(const std::vector<std::string>& argv) {
  auto quote = [](std::string* out, const std::string& word) {
    constexpr char kSafe[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./=,:+@%";
    if (!word.empty() && word.find_first_not_of(kSafe) == std::string::npos) {
      out->append(word);
    } else {
      absl::StrAppend(out, "'", absl::StrReplaceAll(word, {{"'", "'\\''"}}), "'");
    }
  };
  return absl::StrJoin(argv, " ", quote);
}

}  // namespace roxlab
