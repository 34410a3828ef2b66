// SPDX-License-Identifier: Apache-2.0
#include "runner/probe/command.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "runner/probe/measures.h"

namespace roxlab::probe {
namespace {

int g_root = -1;

constexpr size_t kMaxWords = 64, kMaxText = 8192, kMaxOutput = 256 << 10, kMaxNumbers = 200;

// The words of a line, decoded, as exec takes them.
class Argv {
 public:
  Result Parse(std::string_view line) {
    while (!line.empty()) {
      if (count_ == kMaxWords) return Result::Fail("run_command has too many words");
      words_[count_++] = text_ + size_;
      Result result = Decode(CutAt(&line, ' '));
      if (!result.ok) return result;
    }
    return count_ == 0 ? Result::Fail("run_command names no command") : Result();
  }
  char** data() { return words_; }

 private:
  static int Digit(char c) {
    return c >= '0' && c <= '9' ? c - '0' : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
  }
  Result Decode(std::string_view word) {
    if (word == "%") word = "";
    for (size_t i = 0; i < word.size(); ++i) {
      char c = word[i];
      if (c == '%') {
        const int high = i + 2 < word.size() ? Digit(word[i + 1]) : -1;
        const int low = i + 2 < word.size() ? Digit(word[i + 2]) : -1;
        if (high < 0 || low < 0) return Result::Fail("run_command has a broken word");
        c = static_cast<char>(high * 16 + low);
        i += 2;
      }
      if (size_ + 2 > kMaxText || c == 0) return Result::Fail("run_command has a bad word");
      text_[size_++] = c;
    }
    text_[size_++] = 0;
    return {};
  }

  char text_[kMaxText];
  size_t size_ = 0;
  char* words_[kMaxWords + 1] = {};
  size_t count_ = 0;
};

[[noreturn]] void Become(char** argv, int output) {
  setsid();
  const int null = open("/dev/null", O_RDONLY);
  if (fchdir(g_root) != 0 || chroot(".") != 0) _exit(126);
  dup2(null, STDIN_FILENO);
  dup2(output, STDOUT_FILENO);
  dup2(output, STDERR_FILENO);
  setenv("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", 1);
  execvp(argv[0], argv);
  _exit(errno == ENOENT ? 127 : 126);
}

int64_t NowMs() {
  timespec now = {};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return static_cast<int64_t>(now.tv_sec) * 1000 + now.tv_nsec / 1'000'000;
}

// Reads to the end of `fd` or until `deadline_ms`; false: the time was over first. What is more
// than there is room for is left out.
bool ReadOut(int fd, int64_t deadline_ms, Buffer* output) {
  char chunk[4096];
  while (true) {
    pollfd wait = {fd, POLLIN, 0};
    const int64_t left = deadline_ms - NowMs();
    if (left <= 0 || (poll(&wait, 1, static_cast<int>(left)) == 0)) return false;
    const ssize_t n = read(fd, chunk, sizeof chunk);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return true;
    if (output->view().size() + static_cast<size_t>(n) <= kMaxOutput)
      output->Append({chunk, static_cast<size_t>(n)});
  }
}

bool IsName(std::string_view text) {
  if (text.empty() || text.size() > 80) return false;
  for (char c : text)
    if (strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-", c) == nullptr)
      return false;
  return true;
}

// A line "NAME NUMBER [UNIT]"; false when it is another one.
bool TakeNumber(std::string_view line) {
  const std::string_view name = CutAt(&line, ' '), number = CutAt(&line, ' ');
  char text[64], whole[120], *end = nullptr;
  if (!IsName(name) || number.empty() || number.size() >= sizeof text ||
      (!line.empty() && !IsName(line)))
    return false;
  memcpy(text, number.data(), number.size());
  text[number.size()] = 0;
  const double value = strtod(text, &end);
  if (*end != 0 || !isfinite(value)) return false;
  snprintf(whole, sizeof whole, "command.%.*s", static_cast<int>(name.size()), name.data());
  AddMeasure(whole, line.empty() ? "units" : line, value);
  return true;
}

void TakeNumbers(std::string_view output) {
  size_t taken = 0;
  while (!output.empty() && taken < kMaxNumbers) taken += TakeNumber(CutAt(&output, '\n'));
}

Result Judge(const char* name, int status, bool in_time, std::string_view output) {
  if (!in_time) return Result::Fail("%s was not done in its time", name);
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return {};
  if (WIFEXITED(status) && WEXITSTATUS(status) == 127 && output.empty())
    return Result::Fail("the board has no command %s", name);
  // What it said last.
  while (output.ends_with('\n')) output.remove_suffix(1);
  const std::string_view last = output.substr(output.rfind('\n') + 1);
  return Result::Fail("%s ended with %s %d: %.*s", name, WIFEXITED(status) ? "status" : "signal",
                      WIFEXITED(status) ? WEXITSTATUS(status) : WTERMSIG(status),
                      static_cast<int>(last.size() > 200 ? 200 : last.size()), last.data());
}

}  // namespace

void SetCommandRoot(int fd) { g_root = fd; }

Result RunCommand(Stream& out, std::string_view line) {
  uint64_t seconds = 0;
  static Argv argv;
  argv = Argv();
  if (!ParseNumber(CutAt(&line, ' '), &seconds)) return Result::Fail("run_command needs a time");
  Result result = argv.Parse(line);
  if (!result.ok) return result;
  const char* name = argv.data()[0];
  out.Progress("command", name, 0, 1);
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return Result::Fail("no pipe: %s", strerror(errno));
  const pid_t child = fork();
  if (child == 0) Become(argv.data(), ends[1]);
  close(ends[1]);
  if (child < 0) return Result::Fail("cannot start %s: %s", name, strerror(errno));
  static Buffer output;
  output.Clear();
  const bool in_time = ReadOut(ends[0], NowMs() + static_cast<int64_t>(seconds) * 1000, &output);
  close(ends[0]);
  kill(-child, SIGKILL);
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  TakeNumbers(output.view());
  out.Progress("command", name, 1, 1);
  return Judge(name, status, in_time, output.view());
}

}  // namespace roxlab::probe
