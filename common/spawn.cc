// SPDX-License-Identifier: Apache-2.0
#include "common/spawn.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace roxlab {
namespace {

std::vector<std::string> MergedEnvironment(const Command& command) {
  std::map<std::string, std::string> merged;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    std::pair<std::string, std::string> pair = absl::StrSplit(*entry, absl::MaxSplits('=', 1));
    merged.insert(std::move(pair));
  }
  for (const auto& [key, value] : command.environment) merged[key] = value;
  std::vector<std::string> lines;
  lines.reserve(merged.size());
  for (const auto& [key, value] : merged) lines.push_back(absl::StrCat(key, "=", value));
  return lines;
}

std::vector<char*> Pointers(std::vector<std::string>& words) {
  std::vector<char*> pointers;
  pointers.reserve(words.size() + 1);
  for (std::string& word : words) pointers.push_back(word.data());
  pointers.push_back(nullptr);
  return pointers;
}

struct Pipe {
  UniqueFd read, write;
};

absl::StatusOr<Pipe> MakePipe() {
  int fds[2];
  if (pipe2(fds, O_CLOEXEC) != 0) return absl::ErrnoToStatus(errno, "pipe");
  return Pipe{UniqueFd(fds[0]), UniqueFd(fds[1])};
}

// posix_spawn with what we need of it; freed at the end.
class SpawnPlan {
 public:
  SpawnPlan() {
    posix_spawn_file_actions_init(&actions_);
    posix_spawnattr_init(&attributes_);
    sigset_t none, defaults;
    sigemptyset(&none);
    sigemptyset(&defaults);
    for (int signal : {SIGPIPE, SIGINT, SIGTERM, SIGHUP}) sigaddset(&defaults, signal);
    posix_spawnattr_setsigmask(&attributes_, &none);
    posix_spawnattr_setsigdefault(&attributes_, &defaults);
    posix_spawnattr_setpgroup(&attributes_, 0);
    posix_spawnattr_setflags(
        &attributes_, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  }
  ~SpawnPlan() {
    posix_spawn_file_actions_destroy(&actions_);
    posix_spawnattr_destroy(&attributes_);
  }
  SpawnPlan(const SpawnPlan&) = delete;
  SpawnPlan& operator=(const SpawnPlan&) = delete;

  posix_spawn_file_actions_t* actions() { return &actions_; }
  posix_spawnattr_t* attributes() { return &attributes_; }

 private:
  posix_spawn_file_actions_t actions_;
  posix_spawnattr_t attributes_;
};

}  // namespace

absl::StatusOr<Child> Spawn(const Command& command) {
  absl::StatusOr<Pipe> output = MakePipe();
  if (!output.ok()) return output.status();
  Pipe input;
  SpawnPlan plan;
  if (command.input.empty()) {
    posix_spawn_file_actions_addopen(plan.actions(), 0, "/dev/null", O_RDONLY, 0);
  } else {
    absl::StatusOr<Pipe> made = MakePipe();
    if (!made.ok()) return made.status();
    input = *std::move(made);
    fcntl(input.write.get(), F_SETFL, O_NONBLOCK);
    posix_spawn_file_actions_adddup2(plan.actions(), input.read.get(), 0);
  }
  posix_spawn_file_actions_adddup2(plan.actions(), output->write.get(), 1);
  posix_spawn_file_actions_adddup2(plan.actions(), output->write.get(), 2);
  // From high numbers, so that none is overwritten before it is its turn.
  std::vector<UniqueFd> files;
  for (const auto& [number, ours] : command.files) {
    const UniqueFd& high = files.emplace_back(fcntl(ours, F_DUPFD_CLOEXEC, 10));
    if (!high.valid()) return absl::ErrnoToStatus(errno, "dup");
    posix_spawn_file_actions_adddup2(plan.actions(), high.get(), number);
  }
  if (!command.directory.empty())
    posix_spawn_file_actions_addchdir_np(plan.actions(), command.directory.c_str());

  std::vector<std::string> argv = command.argv;
  std::vector<std::string> environment = MergedEnvironment(command);
  pid_t pid = 0;
  int error = posix_spawnp(&pid, argv[0].c_str(), plan.actions(), plan.attributes(),
                           Pointers(argv).data(), Pointers(environment).data());
  if (error != 0) return absl::ErrnoToStatus(error, absl::StrCat("cannot run ", argv[0]));
  UniqueFd process(static_cast<int>(syscall(SYS_pidfd_open, pid, 0)));
  if (!process.valid()) {
    error = errno;
    kill(-pid, SIGKILL);
    waitpid(pid, nullptr, 0);
    return absl::ErrnoToStatus(error, absl::StrCat("cannot watch ", argv[0]));
  }
  return Child{pid, std::move(process), std::move(input.write), std::move(output->read)};
}

}  // namespace roxlab
