// SPDX-License-Identifier: Apache-2.0
//
// How fast snapshots are read: a dump's text, and translation tables, against copying the same
// bytes.
#include <benchmark/benchmark.h>

#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "pagetable/census.h"
#include "pagetable/ptdump.h"
#include "pagetable/walk.h"
#include "tests/unit/pagetable_tables.h"

namespace roxlab::pagetable {
namespace {

// A linear map that is as hard to read as it gets: each page differs from its neighbours, so none
// are joined. About 100 bytes a page.
const std::string& WorstDump() {
  static const std::string* const text = [] {
    constexpr uint64_t kStart = 0xffff000000000000;
    constexpr uint64_t kPages = uint64_t{1} << 18;  // 1 GiB.
    constexpr uint64_t kTop = uint64_t{1} << 39;
    auto* result = new std::string("---[ Linear Mapping start ]---\n");
    for (uint64_t i = 0; i < kPages; ++i)
      absl::StrAppendFormat(
          result, "0x%016x-0x%016x   %9uK PTE       %s NX SHD AF            UXN    MEM/NORMAL\n",
          kStart + i * 4096, kStart + (i + 1) * 4096, 4, i % 2 == 0 ? "RW" : "ro");
    absl::StrAppendFormat(result, "0x%016x-0x%016x   %9uG PUD\n", kStart + kPages * 4096,
                          kStart + kTop, 511);
    absl::StrAppendFormat(result, "0x%016x-0x%016x   %9uG PGD\n", kStart + kTop, 0, 261632);
    return result;
  }();
  return *text;
}

void BM_ParsePtdump(benchmark::State& state) {
  const std::string& text = WorstDump();
  for (auto _ : state) {
    absl::StatusOr<Dump> dump = ParsePtdump(text);
    if (!dump.ok()) state.SkipWithError(dump.status().ToString().c_str());
    benchmark::DoNotOptimize(dump);
  }
  state.SetBytesProcessed(static_cast<int64_t>(state.iterations() * text.size()));
}
BENCHMARK(BM_ParsePtdump)->Unit(benchmark::kMillisecond);

void BM_TakeCensus(benchmark::State& state) {
  absl::StatusOr<Dump> dump = ParsePtdump(WorstDump());
  for (auto _ : state) benchmark::DoNotOptimize(TakeCensus(*dump));
  state.SetItemsProcessed(static_cast<int64_t>(state.iterations() * dump->ranges.size()));
}
BENCHMARK(BM_TakeCensus)->Unit(benchmark::kMillisecond);

void BM_CopySameBytes(benchmark::State& state) {
  const std::string& text = WorstDump();
  std::vector<char> copy(text.size());
  for (auto _ : state) {
    std::memcpy(copy.data(), text.data(), text.size());
    benchmark::ClobberMemory();
  }
  state.SetBytesProcessed(static_cast<int64_t>(state.iterations() * text.size()));
}
BENCHMARK(BM_CopySameBytes)->Unit(benchmark::kMillisecond);

// 1 GiB of linear map in pages: 512 tables of level 3 and three above them.
const GuestTables& PageTables() {
  static const GuestTables* const tables = [] {
    auto* result = new GuestTables({}, 0x40000000, 516);
    result->MapPages(0xffff000000000000, 0x80000000, 1 << 18, kLeafRw);
    return result;
  }();
  return *tables;
}

void BM_WalkPages(benchmark::State& state) {
  const GuestTables& tables = PageTables();
  for (auto _ : state) {
    absl::StatusOr<Walk> walk = tables.Walked();
    if (!walk.ok()) state.SkipWithError(walk.status().ToString().c_str());
    benchmark::DoNotOptimize(walk);
  }
}
BENCHMARK(BM_WalkPages)->Unit(benchmark::kMillisecond);

void BM_CopySameTables(benchmark::State& state) {
  const PhysicalMemory memory = PageTables().memory();
  const uint64_t* words = memory.At(memory.base(), memory.bytes() / 8);
  std::vector<uint64_t> copy(memory.bytes() / 8);
  for (auto _ : state) {
    std::memcpy(copy.data(), words, memory.bytes());
    benchmark::ClobberMemory();
  }
}
BENCHMARK(BM_CopySameTables)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace roxlab::pagetable

BENCHMARK_MAIN();
