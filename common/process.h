// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_COMMON_PROCESS_H_
#define ROXLAB_COMMON_PROCESS_H_

#include <sys/types.h>

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/files.h"

namespace roxlab {

// Tells work that goes on in another thread to stop. Thread-safe; copies share one state.
class StopToken {
 public:
  StopToken();
  void Stop();
  bool stopped() const;
  // Becomes readable when stopped; for poll().
  int fd() const;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

// What poll()ing `fd` for `events` and for `stop` gave: OK when the events are there,
// DEADLINE_EXCEEDED or CANCELLED.
absl::Status PollUntil(int fd, short events, absl::Time deadline, const StopToken& stop);

// Waits; CANCELLED as soon as `stop` is stopped.
absl::Status Pause(absl::Duration duration, const StopToken& stop);

// A child process to be: what to run and how.
struct Command {
  // Looked up in PATH when argv[0] has no slash. Never a shell string.
  std::vector<std::string> argv = {};
  std::filesystem::path directory = {};  // Empty: the caller's.
  // Added to or replacing the caller's environment.
  std::vector<std::pair<std::string, std::string>> environment = {};
  // Called once the child has its files, in the caller's thread, with its id.
  std::function<void(pid_t)> on_start = {};
  // Gets standard output and standard error as they come, in the caller's thread. Empty: both are
  // kept and returned.
  std::function<void(absl::string_view)> on_output = {};
  // Given to standard input; empty: /dev/null.
  std::string input = {};
  // Open files that the child gets as well: its number (0 to 9), and ours. 0, 1 and 2 take the
  // place of what it gets otherwise.
  std::vector<std::pair<int, int>> files = {};
  // The process group is killed when it is over.
  absl::Duration timeout = absl::InfiniteDuration();
  // Called about every `tick` while it runs, in the caller's thread.
  std::function<void()> on_tick = {};
  absl::Duration tick = absl::Milliseconds(100);
};

struct ProcessResult {
  int exit_code = -1;      // -1 when a signal ended it.
  int signal = 0;          // The signal that ended it, or 0.
  bool timed_out = false;  // Killed by us: the timeout.
  bool stopped = false;    // Killed by us: the token.
  std::string output;      // Standard output and error, unless `on_output` took them.

  bool ok() const { return exit_code == 0 && !timed_out && !stopped; }
  // "exit status 2", "signal 9 (Killed)", "timed out after 10s".
  std::string Describe() const;
};

// Runs a command in a process group of its own to its end, its timeout or `stop`, whichever comes
// first; in each case every process of the group is gone afterwards. NOT_FOUND when argv[0] does
// not exist; a failing command is a result, not an error.
absl::StatusOr<ProcessResult> RunProcess(const Command& command,
                                         const StopToken& stop = StopToken());

// Output of a command that must succeed; INTERNAL with its last lines when it fails.
absl::StatusOr<std::string> RunAndRead(Command command, const StopToken& stop = StopToken());

// How long a running process has been kept waiting for a CPU by others: of its threads, the longest
// (/proc/PID/task/TID/schedstat, Documentation/scheduler/sched-stats.rst). Zero where the kernel
// does not tell.
absl::Duration TimeWithoutCpu(pid_t process);

// Where PATH has `program`; empty when nowhere.
std::filesystem::path FindProgram(absl::string_view program);

// FAILED_PRECONDITION naming `program` and the Debian package that has it, when PATH has no such
// program.
absl::Status RequireProgram(absl::string_view program, absl::string_view package);

// `argv` as a line that a POSIX shell reads back as the same words.
std::string ShellQuote(const std::vector<std::string>& argv);

}  // namespace roxlab

#endif  // ROXLAB_COMMON_PROCESS_H_
