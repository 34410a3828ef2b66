// SPDX-License-Identifier: Apache-2.0
#include "pagetable/walk.h"

#include <algorithm>
#include <iterator>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "common/status_macros.h"
#include "pagetable/descriptor.h"

namespace roxlab::pagetable {
namespace {

// Tables and ranges that a small machine may have beyond what its memory explains.
constexpr uint64_t kSlack = 65536;

class Walker {
 public:
  Walker(const PhysicalMemory& memory, const Format& format, uint64_t most_ranges)
      : memory_(memory),
        format_(format),
        // Every table is a page of memory. What goes beyond is shared, which kernels only do with
        // KASAN's shadow, or a loop.
        tables_left_(memory.bytes() / format.geometry.PageBytes() + kSlack),
        ranges_left_(most_ranges) {}

  absl::StatusOr<Walk> Run(uint64_t top_table) {
    const Geometry& geometry = format_.geometry;
    const int level = geometry.TopLevel();
    const uint64_t start = ~uint64_t{0} << geometry.va_bits;
    walk_.geometry = geometry;
    walk_.top_table = top_table;
    ROXLAB_RETURN_IF_ERROR(VisitTable({top_table, level, start, 0, nullptr}, format_.TopEntries()));
    return std::move(walk_);
  }

 private:
  struct Table {
    uint64_t address;  // Physical.
    int level;         // Of its entries.
    uint64_t start;    // The virtual address that it begins at.
    uint16_t limits;
    const Table* above;
  };

  // The table's entries; an error when they cannot be a table.
  absl::StatusOr<const uint64_t*> Read(const Table& table, size_t entries) const {
    const uint64_t* words = memory_.At(table.address, entries);
    if (words == nullptr || table.address % 8 != 0) return Bad(table, "lies outside of memory");
    for (const Table* above = table.above; above != nullptr; above = above->above)
      if (above->address == table.address)
        return Bad(table, absl::StrCat("loops back to the level ", above->level, " table"));
    return words;
  }

  absl::Status VisitTable(const Table& table, size_t entries) {
    ROXLAB_ASSIGN_OR_RETURN(const uint64_t* words, Read(table, entries));
    if (entries > 1 && IsUniform(table.address, words, entries))
      return VisitUniform(table, words[0], entries * EntryBytes(table));
    if (tables_left_-- == 0) return Bad(table, "is one too many: tables loop or are shared");
    for (size_t i = 0; i < entries;) {
      const uint64_t start = table.start + i * EntryBytes(table);
      size_t end = i + 1;
      switch (KindOf(words[i], table.level)) {
        case Kind::kHole:
          while (end < entries && words[end] == 0) ++end;
          ROXLAB_RETURN_IF_ERROR(AddHole(table, start, (end - i) * EntryBytes(table)));
          break;
        case Kind::kTable:
          ROXLAB_RETURN_IF_ERROR(VisitTable(Below(table, words[i], start), format_.TableEntries()));
          break;
        case Kind::kLeaf:
          // The same attributes and the next address: the most frequent case by far.
          for (uint64_t next = words[i] + EntryBytes(table); end < entries && words[end] == next;
               ++end)
            next += EntryBytes(table);
          ROXLAB_RETURN_IF_ERROR(
              Append(Leaf(table, words[i], start, (end - i) * EntryBytes(table))));
          break;
      }
      i = end;
    }
    return absl::OkStatus();
  }

  // All entries are `descriptor`: of KASAN's shadow there are so many that only one is followed.
  absl::Status VisitUniform(const Table& table, uint64_t descriptor, uint64_t bytes) {
    switch (KindOf(descriptor, table.level)) {
      case Kind::kHole:
        return AddHole(table, table.start, bytes);
      case Kind::kTable: {
        const Table below = Below(table, descriptor, table.start);
        ROXLAB_ASSIGN_OR_RETURN(const uint64_t* words, Read(below, format_.TableEntries()));
        if (!IsUniform(below.address, words, format_.TableEntries()))
          return Bad(below, "is shared by all entries of the table above it");
        return VisitUniform(below, words[0], bytes);
      }
      case Kind::kLeaf:
        break;
    }
    Translation translation = Leaf(table, descriptor, table.start, bytes);
    translation.repeated = true;
    return Append(translation);
  }

  bool IsUniform(uint64_t address, const uint64_t* words, size_t entries) {
    if (words[0] != words[1]) return false;
    auto [known, fresh] = uniform_.try_emplace(address, false);
    if (fresh)
      known->second =
          std::all_of(words, words + entries, [words](uint64_t word) { return word == words[0]; });
    return known->second;
  }

  Table Below(const Table& table, uint64_t descriptor, uint64_t start) const {
    return {OutputAddress(format_, descriptor, 3), table.level + 1, start,
            static_cast<uint16_t>(table.limits | TableLimits(format_, descriptor)), &table};
  }

  uint64_t EntryBytes(const Table& table) const { return format_.geometry.EntryBytes(table.level); }

  absl::Status AddHole(const Table& table, uint64_t start, uint64_t bytes) {
    Translation hole;
    hole.range.start = start;
    hole.range.size = bytes;
    hole.range.level = static_cast<int8_t>(table.level);
    return Append(hole);
  }

  Translation Leaf(const Table& table, uint64_t descriptor, uint64_t start, uint64_t bytes) const {
    Translation leaf;
    leaf.range.start = start;
    leaf.range.size = bytes;
    leaf.range.level = static_cast<int8_t>(table.level);
    leaf.range.flags = LeafFlags(format_, descriptor, table.level);
    leaf.range.memory = LeafMemory(descriptor);
    leaf.physical = OutputAddress(format_, descriptor, table.level);
    leaf.limits = table.limits;
    return leaf;
  }

  absl::Status Append(const Translation& next) {
    if (!walk_.translations.empty()) {
      Translation& last = walk_.translations.back();
      const bool alike = last.range.level == next.range.level &&
                         last.range.flags == next.range.flags &&
                         last.range.memory == next.range.memory && last.limits == next.limits &&
                         last.repeated == next.repeated;
      const bool adjoins =
          next.range.hole() || (next.repeated ? last.physical == next.physical
                                              : last.physical + last.range.size == next.physical);
      if (alike && adjoins) {
        last.range.size += next.range.size;
        return absl::OkStatus();
      }
    }
    if (ranges_left_-- == 0)
      return absl::DataLossError(
          absl::StrCat("the translation tables describe more ranges than there can be, at 0x",
                       absl::Hex(next.range.start)));
    walk_.translations.push_back(next);
    return absl::OkStatus();
  }

  absl::Status Bad(const Table& table, absl::string_view what) const {
    return absl::DataLossError(absl::StrCat(
        "the level ", table.level, " table at physical address 0x", absl::Hex(table.address),
        ", for 0x", absl::Hex(table.start), ", ", what, " (memory is 0x", absl::Hex(memory_.base()),
        " to 0x", absl::Hex(memory_.end() - 1),
        memory_.stretches() > 1 ? absl::StrCat(", ", memory_.stretches(), " stretches") : "", ")"));
  }

  const PhysicalMemory& memory_;
  const Format& format_;
  uint64_t tables_left_, ranges_left_;
  absl::flat_hash_map<uint64_t, bool> uniform_;  // By physical address.
  Walk walk_;
};

}  // namespace

uint64_t PhysicalMemory::bytes() const {
  uint64_t words = first_.words.size();
  for (const Stretch& stretch : more_) words += stretch.words.size();
  return words * 8;
}

const uint64_t* PhysicalMemory::AtMore(uint64_t address, size_t count) const {
  auto after = std::upper_bound(
      more_.begin(), more_.end(), address,
      [](uint64_t wanted, const Stretch& stretch) { return wanted < stretch.base; });
  return after == more_.begin() ? nullptr : std::prev(after)->At(address, count);
}

absl::StatusOr<Walk> WalkTables(const PhysicalMemory& memory,
                                const TranslationRegisters& registers) {
  ROXLAB_ASSIGN_OR_RETURN(Format format, FormatOf(registers));
  // Kernels map a page of memory at its linear address and at one more.
  const uint64_t pages = memory.bytes() / format.geometry.PageBytes();
  return WalkTables(memory, format, TopTable(format, registers.ttbr1), 2 * pages + kSlack);
}

absl::StatusOr<Walk> WalkTables(const PhysicalMemory& memory, const Format& format,
                                uint64_t top_table, uint64_t most_ranges) {
  return Walker(memory, format, most_ranges).Run(top_table);
}

Dump ToDump(const Walk& walk, const Dump& regions_of) {
  Dump dump;
  dump.geometry = walk.geometry;
  size_t next = 0;
  uint64_t taken = 0;  // Bytes of translations[next] that went to earlier regions.
  for (const Region& region : regions_of.regions) {
    Region& copy = dump.regions.emplace_back(Region{region.name, dump.ranges.size(), 0});
    if (region.end > region.first) {
      const uint64_t last = regions_of.ranges[region.end - 1].last();
      while (next < walk.translations.size()) {
        Range range = walk.translations[next].range;
        range.start += taken;
        range.size -= taken;
        if (range.start > last) break;
        const bool whole = range.last() <= last;
        if (!whole) range.size = last - range.start + 1;
        dump.ranges.push_back(range);
        taken = whole ? 0 : taken + range.size;
        if (!whole) break;
        ++next;
      }
    }
    copy.end = dump.ranges.size();
  }
  return dump;
}

}  // namespace roxlab::pagetable
