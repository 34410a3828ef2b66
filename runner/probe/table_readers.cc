// SPDX-License-Identifier: Apache-2.0
#include "runner/probe/table_readers.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>

#include "runner/probe/random.h"

namespace roxlab::probe {

// In memory that all of them share.
struct TableReaders::Shared {
  std::atomic<bool> stop;
  std::atomic<uint64_t> begun;  // Readers that have read something.
};

namespace {

// Reads the file once; 0 or errno.
int ReadOnce(const char* path) {
  static char buffer[16384];
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return errno;
  ssize_t n;
  while ((n = read(fd, buffer, sizeof buffer)) > 0 || (n < 0 && errno == EINTR)) {
  }
  int error = n < 0 ? errno : 0;
  close(fd);
  return error;
}

// With pauses of 1 to 8 ms: grace periods come to an end, a guest that idles is not paid for, and
// reads begin at every moment of what they race with.
[[noreturn]] void ReadUntil(const std::atomic<bool>& stop, std::atomic<uint64_t>& begun,
                            Random random) {
  int error = ReadOnce(kPageTablesPath);
  ++begun;
  while (error == 0 && !stop) {
    SleepMs(1 + static_cast<long>(random.Below(8)));
    error = ReadOnce(kPageTablesPath);
  }
  _exit(error);
}

}  // namespace

Result TableReaders::Start(uint64_t count) {
  if (count == 0) return {};
  if (count > kMaxReaders)
    return Result::Fail("more than %d readers", static_cast<int>(kMaxReaders));
  void* memory =
      mmap(nullptr, sizeof(Shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) return Result::Fail("no memory for readers");
  shared_ = static_cast<Shared*>(memory);
  for (; count_ < count; ++count_) {
    pid_t pid = fork();
    if (pid < 0) return Result::Fail("cannot start a reader: %s", strerror(errno));
    if (pid == 0) ReadUntil(shared_->stop, shared_->begun, Random(SeedOf(count_)));
    readers_[count_] = pid;
  }
  while (shared_->begun < count_) SleepMs(1);
  return {};
}

Result TableReaders::Stop() {
  if (shared_ == nullptr) return {};
  shared_->stop = true;
  Result result;
  for (uint64_t i = 0; i < count_; ++i) {
    int status = 0;
    while (waitpid(readers_[i], &status, 0) < 0 && errno == EINTR) {
    }
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0) continue;
    result = WIFEXITED(status)
                 ? Result::Fail("a reader of %s ended: %s (is CONFIG_PTDUMP_DEBUGFS on?)",
                                kPageTablesPath, strerror(WEXITSTATUS(status)))
                 : Result::Fail("a reader of %s was killed by signal %d", kPageTablesPath,
                                WTERMSIG(status));
  }
  munmap(shared_, sizeof(Shared));
  shared_ = nullptr;
  return result;
}

}  // namespace roxlab::probe
