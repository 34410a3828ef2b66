// SPDX-License-Identifier: Apache-2.0
#include "runner/probe/pipe_memory.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include <utility>

namespace roxlab::probe {
namespace {

constexpr uint64_t kMaxPipes = 16384;
constexpr uint64_t kPipePages = 256;  // The most that fits: 1 MiB with 4 KiB pages.

struct Pipe {
  int ends[2];
};

Pipe g_pipes[kMaxPipes];
uint64_t g_count = 0;

void CloseFirst(uint64_t count) {
  for (uint64_t i = 0; i < count; ++i) {
    close(g_pipes[i].ends[0]);
    close(g_pipes[i].ends[1]);
  }
}

Result OpenPipes(uint64_t count, uint64_t page_size) {
  if (count > kMaxPipes) return Result::Fail("too much memory for pipes");
  const rlimit limit = {4 * kMaxPipes, 4 * kMaxPipes};
  setrlimit(RLIMIT_NOFILE, &limit);
  for (g_count = 0; g_count < count; ++g_count) {
    Pipe& pipe = g_pipes[g_count];
    if (pipe2(pipe.ends, O_CLOEXEC | O_NONBLOCK) != 0 ||
        fcntl(pipe.ends[1], F_SETPIPE_SZ, static_cast<int>(kPipePages * page_size)) < 0)
      return Result::Fail("cannot make a pipe: %s", strerror(errno));
  }
  return {};
}

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
  const uint64_t page_size = static_cast<uint64_t>(sysconf(_SC_PAGESIZE));
  if (run_pages > kPipePages) run_pages = kPipePages;
  const uint64_t runs_per_pipe = kPipePages / run_pages;
  const uint64_t pipes = pages / (runs_per_pipe * run_pages);
  const uint32_t runs = static_cast<uint32_t>(pipes * runs_per_pipe);
  uint32_t* order = nullptr;
  uint64_t bytes = 0;
  Result result = OpenPipes(pipes, page_size);
  if (result.ok) result = Shuffle(random, runs, &order, &bytes);
  if (!result.ok) return result;
  for (uint64_t i = 0; result.ok && i < runs * run_pages; ++i) {
    const Pipe& pipe = g_pipes[order[i / run_pages] / runs_per_pipe];
    if (write(pipe.ends[1], page, page_size) < 0)
      result = Result::Fail("cannot fill a pipe: %s", strerror(errno));
  }
  munmap(order, bytes);
  const uint64_t closed = g_count * free_percent / 100;
  CloseFirst(closed);
  memmove(g_pipes, g_pipes + closed, (g_count - closed) * sizeof(Pipe));
  g_count -= closed;
  return result;
}

void ClosePipes() {
  CloseFirst(g_count);
  g_count = 0;
}

}  // namespace roxlab::probe
