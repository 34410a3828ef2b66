// SPDX-License-Identifier: Apache-2.0
#include "runner/probe/pipe_memory.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/uio.h>
#include <unistd.h>

#include <utility>

namespace roxlab::probe {
namespace {

constexpr uint64_t kMaxPipes = 16384;
constexpr uint64_t kPipePages = 256;  // The most that fits: 1 MiB with 4 KiB pages.

const uint64_t kPageSize = static_cast<uint64_t>(sysconf(_SC_PAGESIZE));

class Pipes {
 public:
  // One more, with room for kPipePages.
  Result Open();
  void CloseFirst(uint64_t count);
  uint64_t count() const { return count_; }
  // Where to write to pipe `index`, counted from the first that is open.
  int into(uint64_t index) const { return pipes_[index].ends[1]; }

 private:
  struct Pipe {
    int ends[2];
  };
  Pipe pipes_[kMaxPipes];
  uint64_t count_ = 0;
};

Result Pipes::Open() {
  if (count_ == kMaxPipes) return Result::Fail("too much memory for pipes");
  const rlimit limit = {4 * kMaxPipes, 4 * kMaxPipes};
  setrlimit(RLIMIT_NOFILE, &limit);
  Pipe& pipe = pipes_[count_];
  if (pipe2(pipe.ends, O_CLOEXEC | O_NONBLOCK) != 0)
    return Result::Fail("cannot make a pipe: %s", strerror(errno));
  ++count_;
  if (fcntl(pipe.ends[1], F_SETPIPE_SZ, static_cast<int>(kPipePages * kPageSize)) < 0)
    return Result::Fail("cannot enlarge a pipe: %s", strerror(errno));
  return {};
}

void Pipes::CloseFirst(uint64_t count) {
  for (uint64_t i = 0; i < count; ++i) {
    close(pipes_[i].ends[0]);
    close(pipes_[i].ends[1]);
  }
  memmove(pipes_, pipes_ + count, (count_ - count) * sizeof(Pipe));
  count_ -= count;
}

Pipes g_filled;
Pipes g_pinning;          // The last is being filled.
uint64_t g_pin_room = 0;  // Pages that it still takes.

}  // namespace

Result Shuffle(Random random, uint32_t count, uint32_t** order, uint64_t* bytes) {
  *bytes = count * sizeof(uint32_t) + 1;  // Nothing cannot be mapped.
  void* memory = mmap(nullptr, *bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) return Result::Fail("no memory for an order of pages");
  *order = static_cast<uint32_t*>(memory);
  for (uint32_t i = 0; i < count; ++i) (*order)[i] = i;
  for (uint32_t i = 0; i + 1 < count; ++i)
    std::swap((*order)[i], (*order)[i + random.Below(count - i)]);
  return {};
}

Result FillPipes(uint64_t pages, uint64_t run_pages, uint64_t free_percent, Random random) {
  static char page[65536];  // As large as pages get.
  if (run_pages > kPipePages) run_pages = kPipePages;
  const uint64_t runs_per_pipe = kPipePages / run_pages;
  const uint64_t pipes = pages / (runs_per_pipe * run_pages);
  const uint32_t runs = static_cast<uint32_t>(pipes * runs_per_pipe);
  uint32_t* order = nullptr;
  uint64_t bytes = 0;
  Result result;
  while (result.ok && g_filled.count() < pipes) result = g_filled.Open();
  if (result.ok) result = Shuffle(random, runs, &order, &bytes);
  if (!result.ok) return result;
  for (uint64_t i = 0; result.ok && i < runs * run_pages; ++i)
    if (write(g_filled.into(order[i / run_pages] / runs_per_pipe), page, kPageSize) < 0)
      result = Result::Fail("cannot fill a pipe: %s", strerror(errno));
  munmap(order, bytes);
  g_filled.CloseFirst(g_filled.count() * free_percent / 100);
  return result;
}

Result PinPage(const char* page) {
  if (g_pin_room == 0) {
    Result result = g_pinning.Open();
    if (!result.ok) return result;
    g_pin_room = kPipePages;
  }
  const iovec part = {const_cast<char*>(page), 1};
  if (vmsplice(g_pinning.into(g_pinning.count() - 1), &part, 1, 0) != 1)
    return Result::Fail("cannot pin memory: %s", strerror(errno));
  --g_pin_room;
  return {};
}

void ClosePipes() {
  g_filled.CloseFirst(g_filled.count());
  g_pinning.CloseFirst(g_pinning.count());
  g_pin_room = 0;
}

}  // namespace roxlab::probe
