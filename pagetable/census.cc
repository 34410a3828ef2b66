// SPDX-License-Identifier: Apache-2.0
#include "pagetable/census.h"

#include <algorithm>
#include <array>
#include <utility>

#include "absl/strings/str_cat.h"

namespace roxlab::pagetable {
namespace {

// Counts the aligned windows of 2^shift bytes that ascending ranges touch, each once.
class Windows {
 public:
  void Add(const Range& range, int shift) {
    uint64_t first = range.start >> shift;
    uint64_t last = range.last() >> shift;
    if (any_ && first == newest_) ++first;
    count_ += last + 1 - first;
    newest_ = last;
    any_ = true;
  }
  uint64_t count() const { return count_; }

 private:
  bool any_ = false;
  uint64_t newest_ = 0;
  uint64_t count_ = 0;
};

// Counts one region; ranges of regions that share a name come in ascending order too.
class Counter {
 public:
  Counter(const Geometry& geometry, absl::string_view region) : geometry_(geometry) {
    census_.region = std::string(region);
  }

  void Add(const Range& range) {
    AddTables(range);
    if (range.hole()) return;
    AddEntries(range);
    if (!range.valid()) return;
    AddBytes(range);
    census_.tlb_entries += TlbEntries(range);
  }

  RegionCensus Finish() {
    census_.l3_tables = l3_tables_.count();
    for (const Windows& tables : tables_) census_.table_bytes += tables.count();
    census_.table_bytes *= geometry_.PageBytes();
    return census_;
  }

  const std::string& region() const { return census_.region; }

 private:
  // A table of level N spans what an entry of level N - 1 maps.
  void AddTables(const Range& range) {
    for (int level = geometry_.TopLevel() + 1; level <= range.level; ++level)
      tables_[static_cast<size_t>(level)].Add(range, geometry_.Shift(level - 1));
    if (!range.hole() && range.level == 3) l3_tables_.Add(range, geometry_.Shift(2));
  }

  void AddEntries(const Range& range) {
    uint64_t entries = range.size >> geometry_.Shift(range.level);
    bool contiguous = (range.flags & kContiguous) != 0;
    if (range.level == 1) census_.l1_blocks += entries;
    if (range.level == 2) census_.l2_blocks += entries;
    if (range.level == 2 && contiguous) census_.l2_blocks_cont += entries;
    if (range.level == 3) census_.l3_entries += entries;
    if (range.level == 3)
      (contiguous ? census_.l3_entries_cont : census_.l3_entries_noncont) += entries;
  }

  // A group whose members differ is printed as several ranges; each part then counts.
  uint64_t TlbEntries(const Range& range) const {
    int shift = geometry_.Shift(range.level);
    if ((range.flags & kContiguous) == 0 || range.level < 2) return range.size >> shift;
    uint64_t group = geometry_.ContiguousEntries(range.level) << shift;
    return range.last() / group - range.start / group + 1;
  }

  void AddBytes(const Range& range) {
    bool read_only = (range.flags & kReadOnly) != 0;
    bool executable = (range.flags & kNoExec) == 0;
    if (executable)
      (read_only ? census_.bytes_rox : census_.bytes_wx) += range.size;
    else
      (read_only ? census_.bytes_ro : census_.bytes_rw) += range.size;
  }

  Geometry geometry_;
  RegionCensus census_;
  Windows l3_tables_;
  std::array<Windows, 4> tables_;  // By level, 0 to 3; the top level is below none of them.
};

Counter& CounterFor(const Dump& dump, const std::string& region, std::vector<Counter>* counters) {
  for (Counter& counter : *counters)
    if (counter.region() == region) return counter;
  return counters->emplace_back(dump.geometry, region);
}

struct Field {
  absl::string_view name;
  absl::string_view unit;
  uint64_t RegionCensus::*value;
};
constexpr std::array<Field, 13> kFields = {{
    {"l1_blocks", "entries", &RegionCensus::l1_blocks},
    {"l2_blocks", "entries", &RegionCensus::l2_blocks},
    {"l2_blocks_cont", "entries", &RegionCensus::l2_blocks_cont},
    {"l3_entries", "entries", &RegionCensus::l3_entries},
    {"l3_entries_cont", "entries", &RegionCensus::l3_entries_cont},
    {"l3_entries_noncont", "entries", &RegionCensus::l3_entries_noncont},
    {"l3_tables", "tables", &RegionCensus::l3_tables},
    {"table_bytes", "bytes", &RegionCensus::table_bytes},
    {"bytes_rw", "bytes", &RegionCensus::bytes_rw},
    {"bytes_ro", "bytes", &RegionCensus::bytes_ro},
    {"bytes_rox", "bytes", &RegionCensus::bytes_rox},
    {"bytes_wx", "bytes", &RegionCensus::bytes_wx},
    {"tlb_entries", "entries", &RegionCensus::tlb_entries},
}};

}  // namespace

Census TakeCensus(const Dump& dump) {
  std::vector<Counter> counters;
  for (const Region& region : dump.regions) {
    if (region.name == "kasan") continue;
    Counter& counter = CounterFor(dump, region.name, &counters);
    for (size_t i = region.first; i < region.end; ++i) counter.Add(dump.ranges[i]);
  }
  Census census;
  for (Counter& counter : counters) census.regions.push_back(counter.Finish());
  return census;
}

std::vector<Measure> Measures(const Census& census) {
  std::vector<Measure> measures;
  measures.reserve(census.regions.size() * kFields.size());
  for (const RegionCensus& region : census.regions)
    for (const Field& field : kFields)
      measures.push_back(
          {absl::StrCat(region.region, ".", field.name), region.*field.value, field.unit});
  return measures;
}

std::vector<std::string> MeasureNames() {
  Census every;
  for (const char* region : {"linear", "modules", "vmalloc", "vmemmap", "fixmap", "pci_io"})
    every.regions.push_back({.region = region});
  std::vector<std::string> names;
  for (Measure& measure : Measures(every)) names.push_back(std::move(measure.name));
  return names;
}

}  // namespace roxlab::pagetable
