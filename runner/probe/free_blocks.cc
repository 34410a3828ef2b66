// SPDX-License-Identifier: Apache-2.0
#include "runner/probe/free_blocks.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>

#include "runner/probe/pipe_memory.h"

namespace roxlab::probe {
namespace {

constexpr char kHugeSize[] = "/sys/kernel/mm/transparent_hugepage/hpage_pmd_size";
constexpr char kHugeDefrag[] = "/sys/kernel/mm/transparent_hugepage/defrag";
constexpr char kHugeEnabled[] = "/sys/kernel/mm/transparent_hugepage/enabled";

char* g_blocks = nullptr;
uint64_t g_bytes = 0;

Result ReadHugeSize(uint64_t* bytes) {
  Buffer text;
  if (!text.ReadFile(kHugeSize).ok)
    return Result::Fail("no %s (is CONFIG_TRANSPARENT_HUGEPAGE on?)", kHugeSize);
  std::string_view line = text.view();
  if (ParseNumber(CutAt(&line, '\n'), bytes) && *bytes != 0) return {};
  return Result::Fail("%s is no number", kHugeSize);
}

// Address space for huge pages as large as memory, aligned to them.
Result Reserve(uint64_t huge, bool make_more) {
  uint64_t total = 0;
  Result result = ReadMemInfo("MemTotal", &total);
  if (!result.ok) return result;
  g_bytes = total + huge;
  void* memory = mmap(nullptr, g_bytes, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (memory == MAP_FAILED) return Result::Fail("no address space for huge pages");
  g_blocks = static_cast<char*>(memory);
  // "always": all that the kernel does for a block of its own, emptying its lists of single pages,
  // too. "never": what is there.
  int error = WriteText(kHugeDefrag, make_more ? "always" : "never");
  if (error == 0) error = WriteText(kHugeEnabled, "madvise");
  if (error == 0 && madvise(g_blocks, g_bytes, MADV_HUGEPAGE) != 0) error = errno;
  if (error == 0 && madvise(g_blocks, g_bytes, MADV_DONTFORK) != 0) error = errno;
  return error == 0 ? Result() : Result::Fail("cannot ask for huge pages: %s", strerror(error));
}

}  // namespace

Result TakeFreeBlocks(bool make_more) {
  uint64_t huge = 0, before = 0, after = 0;
  Result result = ReadHugeSize(&huge);
  if (result.ok) result = Reserve(huge, make_more);
  if (!result.ok) return result;
  const uint64_t start = (reinterpret_cast<uint64_t>(g_blocks) + huge - 1) & ~(huge - 1);
  const uint64_t end = reinterpret_cast<uint64_t>(g_blocks) + g_bytes;
  for (uint64_t at = start; at + huge <= end; at += huge) {
    char* block = reinterpret_cast<char*>(at);
    result = ReadMemInfo("AnonHugePages", &before);
    *static_cast<volatile char*>(block) = 1;
    if (result.ok) result = ReadMemInfo("AnonHugePages", &after);
    if (!result.ok || after == before) return result;
    // All of it: the kernel takes a huge page apart whose pages are mostly zero.
    memset(block, 1, huge);
    if (make_more) result = PinPage(block);
    if (!result.ok) return result;
  }
  return Result::Fail("there are more free blocks than memory");
}

void ReleaseBlocks() {
  if (g_blocks != nullptr) munmap(g_blocks, g_bytes);
  g_blocks = nullptr;
}

}  // namespace roxlab::probe
