// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_RUNNER_PROBE_KCORE_H_
#define ROXLAB_RUNNER_PROBE_KCORE_H_

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "pagetable/format.h"
#include "runner/probe/stream_format.h"
#include "runner/probe/system.h"

namespace roxlab::probe {

// The kernel's translation tables, fetched through /proc/kcore: its ELF headers say where which
// physical memory is in the file, its VMCOREINFO note where the tables begin and how they are laid
// out (fs/proc/kcore.c, arch/arm64/kernel/vmcore_info.c). Nothing is read out of them here but
// which tables there are. Takes no memory before Open().
class KernelCore {
 public:
  // Once; stays open. `path` is not copied.
  Result Open(const char* path = "/proc/kcore");
  // Replaces what `record` has by a kKcoreTables payload. The kernel takes no memory for it; nor
  // does the probe if `record` has held as much before.
  Result Fetch(Buffer& record);

 private:
  struct Segment {
    uint64_t physical, size, offset;
  };
  static constexpr size_t kMaxSegments = 64;
  static constexpr size_t kSlots = size_t{1} << 17;  // Twice as many as 4 KiB tables can be sent.
  static constexpr size_t kSeenBytes = kSlots * sizeof(uint64_t);
  static_assert(kSlots >= 2 * (kMaxPayloadSize >> 12));

  Result ReadAt(uint64_t offset, void* to, size_t size) const;
  Result ReadHeaders();
  Result ReadNotes(uint64_t offset, uint64_t size);
  Result UseFacts(std::string_view vmcoreinfo);
  // Appends the page of the table at `address`, unless that was done in this round.
  Result AddTable(uint64_t address, Buffer& record);
  // Appends the tables that a table of `level` points to.
  Result AddTablesBelow(size_t table, int level, Buffer& record);
  bool IsNew(uint64_t page);
  // Where the words of a table in the record begin.
  size_t PlaceOf(size_t table) const;

  const char* path_ = nullptr;
  int fd_ = -1;
  pagetable::Format format_;
  uint64_t top_table_ = 0;
  Segment segments_[kMaxSegments];
  size_t segment_count_ = 0;
  size_t table_count_ = 0;
  Buffer seen_memory_;
  uint64_t* seen_ = nullptr;  // Numbers of the pages that were added, hashed; 0: free.
};

}  // namespace roxlab::probe

#endif  // ROXLAB_RUNNER_PROBE_KCORE_H_
