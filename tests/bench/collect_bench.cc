// SPDX-License-Identifier: Apache-2.0
//
// How fast snapshots are read: a dump's text against copying the same bytes.
#include <benchmark/benchmark.h>

#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "pagetable/census.h"
#include "pagetable/ptdump.h"

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

}  // namespace
}  // namespace roxlab::pagetable

BENCHMARK_MAIN();
