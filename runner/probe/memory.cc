// SPDX-License-Identifier: Apache-2.0
#include "runner/probe/memory.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "runner/probe/free_blocks.h"
#include "runner/probe/pipe_memory.h"
#include "runner/probe/random.h"

namespace roxlab::probe {
namespace {

constexpr int kPopulateWrite = 23;  // MADV_POPULATE_WRITE; the C library's headers may be older.

// One page of so many is pinned: with ten held in a block of 512, one block in 10^5 has none.
constexpr uint32_t kPinEvery = 16;

char* g_held = nullptr;
uint64_t g_held_bytes = 0;

const uint64_t kPageSize = static_cast<uint64_t>(sysconf(_SC_PAGESIZE));

// Address space for as much as the machine has, filled from its start.
Result Reserve(uint64_t bytes) {
  void* memory = mmap(nullptr, bytes, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (memory == MAP_FAILED) return Result::Fail("no address space to age memory in");
  g_held = static_cast<char*>(memory);
  g_held_bytes = bytes;
  // Page by page. EINVAL: a kernel without huge pages.
  madvise(memory, bytes, MADV_NOHUGEPAGE);
  // A process that is forked to read something has no business with it.
  madvise(memory, bytes, MADV_DONTFORK);
  return {};
}

// Pins every `kPinEvery`th page of the runs that `order` names.
Result Pin(const uint32_t* order, uint32_t count, uint64_t run_pages) {
  Result result;
  for (uint64_t i = 0; result.ok && i < count * run_pages; i += kPinEvery)
    result = PinPage(g_held + (order[i / run_pages] * run_pages + i % run_pages) * kPageSize);
  return result;
}

// Frees what the order of `count` runs begins with and pins some of the rest.
Result FreeAndPin(const uint32_t* order, uint32_t count, const Aging& aging) {
  const uint32_t free = static_cast<uint32_t>(count * (100 - aging.keep_percent) / 100);
  const uint64_t bytes = aging.run_pages * kPageSize;
  for (uint32_t i = 0; i < free; ++i)
    if (madvise(g_held + order[i] * bytes, bytes, MADV_DONTNEED) != 0)
      return Result::Fail("cannot free memory: %s", strerror(errno));
  return aging.exhaust_blocks ? Pin(order + free, count - free, aging.run_pages) : Result();
}

// Fills `pages` pages of the probe's own and gives back some of them.
Result Scatter(uint64_t pages, const Aging& aging) {
  if (madvise(g_held, pages * kPageSize, kPopulateWrite) != 0)
    return Result::Fail("cannot fill memory: %s", strerror(errno));
  const uint32_t count = static_cast<uint32_t>(pages / aging.run_pages);
  uint32_t* order = nullptr;
  uint64_t bytes = 0;
  Result result = Shuffle(Random(SeedOf(aging.seed)), count, &order, &bytes);
  if (!result.ok) return result;
  result = FreeAndPin(order, count, aging);
  munmap(order, bytes);
  return result;
}

}  // namespace

Result AgeMemory(Stream& out, const Aging& aging) {
  if (g_held != nullptr) return Result::Fail("memory is aged already; release it first");
  uint64_t total = 0, free_bytes = 0;
  Result result = ReadMemInfo("MemTotal", &total);
  if (result.ok) result = ReadMemInfo("MemFree", &free_bytes);
  if (result.ok) result = Reserve(total);
  if (!result.ok) return result;
  const uint64_t pages = free_bytes / 100 * aging.fill_percent / kPageSize;
  const uint64_t unmovable = pages / 100 * aging.unmovable_percent;
  out.Progress("fill", "pages", 0, pages);
  result = Scatter(pages - unmovable, aging);
  if (result.ok)
    result = FillPipes(unmovable, aging.run_pages, 100 - aging.keep_percent,
                       Random(SeedOf(~aging.seed)));
  out.Progress("fill", "pages", pages, pages);
  if (result.ok) result = TakeFreeBlocks(aging.exhaust_blocks);
  return result;
}

Result ReleaseMemory() {
  if (g_held != nullptr) munmap(g_held, g_held_bytes);
  g_held = nullptr;
  ReleaseBlocks();
  ClosePipes();
  return {};
}

}  // namespace roxlab::probe
