// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_TESTS_UNIT_KCORE_RECORD_H_
#define ROXLAB_TESTS_UNIT_KCORE_RECORD_H_

#include <algorithm>
#include <cstdint>
#include <string>

#include "runner/probe/stream_format.h"
#include "tests/unit/pagetable_tables.h"

namespace roxlab {

// The tables as the probe sends them: what holds nothing is not there, and the last comes first.
inline std::string KcoreRecord(const pagetable::GuestTables& tables, pagetable::Geometry geometry,
                               bool wide = false) {
  const probe::KcoreHeader header = {static_cast<uint16_t>(geometry.page_shift),
                                     static_cast<uint16_t>(geometry.va_bits), wide, tables.top()};
  std::string record(reinterpret_cast<const char*>(&header), sizeof header);
  const pagetable::PhysicalMemory memory = tables.memory();
  const size_t words = geometry.PageBytes() / 8;
  for (uint64_t page = memory.end(); page > memory.base();) {
    page -= geometry.PageBytes();
    const uint64_t* first = memory.At(page, words);
    if (std::all_of(first, first + words, [](uint64_t word) { return word == 0; })) continue;
    record.append(reinterpret_cast<const char*>(&page), sizeof page);
    record.append(reinterpret_cast<const char*>(first), geometry.PageBytes());
  }
  return record;
}

}  // namespace roxlab

#endif  // ROXLAB_TESTS_UNIT_KCORE_RECORD_H_
