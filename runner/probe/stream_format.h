// SPDX-License-Identifier: Apache-2.0
//
// What the probe in the guest and the runner outside agree on. Plain C++, because the probe has
// nothing but the C library.
//
// The result stream is a sequence of records, all numbers little-endian:
//
//   RecordHeader   16 bytes
//   name           header.name_size bytes, no terminator
//   payload        header.payload_size bytes
//   crc            u32: CRC-32 (IEEE 802.3, as zlib's) over header, name and payload
//
// Sequence numbers start at 0 and have no gap. A stream is complete when its last record is kEnd;
// one that stops anywhere else was cut off, and one whose magic, sequence or CRC is wrong is torn.
#ifndef ROXLAB_RUNNER_PROBE_STREAM_FORMAT_H_
#define ROXLAB_RUNNER_PROBE_STREAM_FORMAT_H_

#include <cstddef>
#include <cstdint>

namespace roxlab::probe {

inline constexpr uint32_t kRecordMagic = 0x31525852;  // "RXR1"
inline constexpr size_t kMaxNameSize = 255;
inline constexpr size_t kMaxPayloadSize = size_t{256} << 20;

enum class RecordType : uint16_t {
  kHello = 1,       // payload: the running kernel's release. First of all.
  kPhase = 2,       // name: a phase that begins.
  kProgress = 3,    // name: what was worked on, e.g. a module; payload: "load DONE TOTAL".
  kPageTables = 4,  // name: the phase that ends; payload: /sys/kernel/debug/kernel_page_tables.
  kModuleList = 5,  // name: the phase that ends; payload: /proc/modules, same moment.
  kFailure = 6,     // name: the phase; payload: why a step failed, one line. kEnd follows.
  kEnd = 7,         // The machine goes off next.
  kTests = 8,       // name: a KUnit suite; payload: its results, KTAP.
  // name: the phase that ends; payload: KcoreHeader and tables, same moment; or '!' and why not.
  kKcoreTables = 9,
  // name: the phase that ends; payload: who has which memory, right afterwards, a line each:
  //   module ADDRESS NAME text|rodata|ro_after_init    where its memory of that kind begins
  //   symbol ADDRESS TYPE NAME\t[OWNER]    of /proc/kallsyms; only after the command tell_symbols
  //   memory FIRST-LAST : NAME    of /proc/iomem; both physical, the last byte's
  // All numbers are hexadecimal.
  kOwners = 10,
  // name: the phase that ends; payload: what was measured in it, a line each; only of boards:
  //   NAME UNIT VALUE      a decimal number
  //   missing NAME WHY     what this board cannot tell, and why
  kMeasures = 11,
};
inline constexpr RecordType kLastRecordType = RecordType::kMeasures;

struct RecordHeader {
  uint32_t magic;
  uint16_t type;
  uint16_t name_size;
  uint32_t payload_size;
  uint32_t sequence;
};
static_assert(sizeof(RecordHeader) == 16);

// The kernel's translation tables as they lie in memory. The header is followed by every page that
// holds a table, once and in no order: its physical address (u64), then its bytes.
struct KcoreHeader {
  uint16_t page_shift;
  uint16_t va_bits;         // Width of a kernel address.
  uint32_t wide_addresses;  // 1: descriptors hold 52-bit addresses; see pagetable::Format.
  uint64_t top_table;       // Physical address where translation starts.
};
static_assert(sizeof(KcoreHeader) == 16);

// virtio-serial port that the stream is written to.
inline constexpr char kPortName[] = "roxlab.results";

// What the probe does: one command a line, numbers are decimal. The steps' meaning: catalog.proto.
//   kcore_walk                before the first phase: snapshots have a kKcoreTables, too
//   phase NAME                begins a phase; the one before it, if any, ends with a snapshot
//   load_modules all|NAMES    names separated by spaces
//   unload_modules all|NAMES
//   churn_modules TIMES READERS all|NAMES
//   age_memory FILL KEEP RUN SEED EXHAUST UNMOVABLE
//   release_memory
//   add_kprobes COUNT SEED
//   remove_kprobes
//   load_bpf COUNT INSTRUCTIONS SEED
//   unload_bpf
//   tracer NAME
//   kunit all|SUITE
//   run_command SECONDS WORD...    on a board; in a word, what is not '!' to '~', and '%', is %XX;
//                             an empty one is %
//   tell_symbols              from now on, snapshots also tell of BPF programs and kprobes
//   end                       the last phase ends with a snapshot
inline constexpr char kScriptPath[] = "/roxlab/script";

// Where the stream goes on a board.
inline constexpr char kResultsPath[] = "/roxlab/results";

// The build's modules: NAME.ko, and load-order with one file name a line, dependencies first.
inline constexpr char kModulesPath[] = "/modules";

// Where the probe can be stopped from outside: it comes here once per snapshot, in the moment that
// the snapshot shows; the first time to the address itself, then kSnapshotDistance further on, and
// so on in turn. The build reads the address from this line.
inline constexpr uint64_t kSnapshotAddress = 0x1000000;
inline constexpr uint64_t kSnapshotDistance = 4;

}  // namespace roxlab::probe

#endif  // ROXLAB_RUNNER_PROBE_STREAM_FORMAT_H_
