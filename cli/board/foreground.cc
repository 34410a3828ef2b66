// SPDX-License-Identifier: Apache-2.0
#include "cli/board/foreground.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"

namespace roxlab {
namespace {

constexpr absl::Duration kGrace = absl::Seconds(10);

// What a terminal sends to all of its process group: the child's business, not ours.
constexpr int kFromTerminal[] = {SIGINT, SIGQUIT};

// In the child. `report` gets errno when there is nothing to run.
[[noreturn]] void Become(char* const* argv, pid_t parent, int report) {
  for (const int number : kFromTerminal) signal(number, SIG_DFL);
  for (const int number : {SIGTERM, SIGPIPE}) signal(number, SIG_DFL);
  prctl(PR_SET_PDEATHSIG, SIGTERM);
  if (getppid() != parent) raise(SIGTERM);  // Killed before we asked to hear of it.
  execvp(argv[0], argv);
  const int error = errno;
  [[maybe_unused]] const ssize_t n = write(report, &error, sizeof error);
  _exit(127);
}

int ExitStatusOf(int wait_status) {
  return WIFEXITED(wait_status) ? WEXITSTATUS(wait_status) : 128 + WTERMSIG(wait_status);
}

}  // namespace

absl::StatusOr<int> RunInForeground(std::vector<std::string> argv, absl::Time deadline,
                                    const StopToken& stop) {
  std::vector<char*> words;
  words.reserve(argv.size() + 1);
  for (std::string& word : argv) words.push_back(word.data());
  words.push_back(nullptr);
  int report[2];
  if (pipe2(report, O_CLOEXEC) != 0) return absl::ErrnoToStatus(errno, "pipe");
  const UniqueFd failed(report[0]);
  UniqueFd failing(report[1]);
  for (const int number : kFromTerminal) signal(number, SIG_IGN);
  const pid_t parent = getpid();
  const pid_t child = fork();
  if (child < 0) return absl::ErrnoToStatus(errno, "fork");
  if (child == 0) Become(words.data(), parent, failing.get());
  failing = UniqueFd();
  int error = 0;
  while (read(failed.get(), &error, sizeof error) < 0 && errno == EINTR) continue;
  const UniqueFd process(static_cast<int>(syscall(SYS_pidfd_open, child, 0)));
  if (error == 0 && !PollUntil(process.get(), POLLIN, deadline, stop).ok()) {
    kill(child, SIGTERM);
    const absl::Time end = absl::Now() + kGrace;
    if (!PollUntil(process.get(), POLLIN, end, StopToken()).ok()) kill(child, SIGKILL);
  }
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) continue;
  if (error != 0) return absl::ErrnoToStatus(error, absl::StrCat("cannot run ", argv[0]));
  return ExitStatusOf(status);
}

}  // namespace roxlab
