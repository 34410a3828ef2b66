// SPDX-License-Identifier: Apache-2.0
#include "runner/probe/memory.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <utility>

#include "runner/probe/free_blocks.h"
#include "runner/probe/pinner.h"
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

// The numbers 0 to `count` - 1 in an order drawn from `random`: Fisher-Yates.
void Shuffle(Random random, uint32_t* order, uint32_t count) {
  for (uint32_t i = 0; i < count; ++i) order[i] = i;
  for (uint32_t i = 0; i + 1 < count; ++i) std::swap(order[i], order[i + random.Below(count - i)]);
}

// Pins every `kPinEvery`th page of the runs that `order` names.
Result Pin(const uint32_t* order, uint32_t count, uint64_t run_pages, Pinner& pinner) {
  Result result;
  for (uint64_t i = 0; result.ok && i < count * run_pages; i += kPinEvery)
    result = pinner.Pin(g_held + (order[i / run_pages] * run_pages + i % run_pages) * kPageSize);
  return result;
}

// Frees what the order of `count` runs begins with and pins some of the rest.
Result FreeAndPin(const uint32_t* order, uint32_t count, const Aging& aging, Pinner& pinner) {
  const uint32_t free = static_cast<uint32_t>(count * (100 - aging.keep_percent) / 100);
  const uint64_t bytes = aging.run_pages * kPageSize;
  for (uint32_t i = 0; i < free; ++i)
    if (madvise(g_held + order[i] * bytes, bytes, MADV_DONTNEED) != 0)
      return Result::Fail("cannot free memory: %s", strerror(errno));
  return aging.exhaust_blocks ? Pin(order + free, count - free, aging.run_pages, pinner) : Result();
}

Result Scatter(uint64_t pages, const Aging& aging, Pinner& pinner) {
  const uint32_t count = static_cast<uint32_t>(pages / aging.run_pages);
  const uint64_t bytes = count * sizeof(uint32_t) + 1;  // Nothing cannot be mapped.
  void* memory = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) return Result::Fail("no memory for the order of freeing");
  uint32_t* order = static_cast<uint32_t*>(memory);
  Shuffle(Random(SeedOf(aging.seed)), order, count);
  Result result = FreeAndPin(order, count, aging, pinner);
  munmap(memory, bytes);
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
  if (madvise(g_held, pages * kPageSize, kPopulateWrite) != 0)
    return Result::Fail("cannot fill memory: %s", strerror(errno));
  out.Progress("fill", "pages", pages, pages);
  Pinner pinner;
  result = Scatter(pages, aging, pinner);
  if (result.ok && aging.exhaust_blocks) result = TakeFreeBlocks(pinner);
  return result;
}

Result ReleaseMemory() {
  if (g_held != nullptr) munmap(g_held, g_held_bytes);
  g_held = nullptr;
  ReleaseBlocks();
  return {};
}

}  // namespace roxlab::probe
