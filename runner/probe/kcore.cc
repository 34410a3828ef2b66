// SPDX-License-Identifier: Apache-2.0
#include "runner/probe/kcore.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

namespace roxlab::probe {
namespace {

// The text of the note "VMCOREINFO"; empty: there is none.
std::string_view FindNote(std::string_view notes) {
  constexpr std::string_view kName("VMCOREINFO", 11);  // With its end.
  auto padded = [](uint32_t size) { return (uint64_t{size} + 3) & ~uint64_t{3}; };
  Elf64_Nhdr header;
  while (notes.size() >= sizeof header) {
    memcpy(&header, notes.data(), sizeof header);
    notes.remove_prefix(sizeof header);
    const uint64_t name = padded(header.n_namesz), text = padded(header.n_descsz);
    if (name + text > notes.size()) break;
    if (notes.substr(0, header.n_namesz) == kName) return notes.substr(name, header.n_descsz);
    notes.remove_prefix(name + text);
  }
  return {};
}

// The number in a line "NAME=VALUE"; false: there is none.
bool ReadFact(std::string_view facts, std::string_view name, int base, uint64_t* number) {
  while (!facts.empty()) {
    std::string_view line = CutAt(&facts, '\n');
    if (CutAt(&line, '=') != name || line.empty()) continue;
    char text[32] = "";
    memcpy(text, line.data(), line.size() < sizeof text ? line.size() : sizeof text - 1);
    char* end = text;
    *number = strtoull(text, &end, base);
    if (*end == '\0') return true;
  }
  return false;
}

}  // namespace

Result KernelCore::Open(const char* path) {
  path_ = path;
  fd_ = open(path_, O_RDONLY | O_CLOEXEC);
  if (fd_ < 0)
    return Result::Fail("cannot open %s: %s (is CONFIG_PROC_KCORE on, and lockdown off?)", path_,
                        strerror(errno));
  seen_ = reinterpret_cast<uint64_t*>(seen_memory_.Extend(kSeenBytes));
  return seen_ == nullptr ? Result::Fail("no memory to read %s", path_) : ReadHeaders();
}

Result KernelCore::ReadAt(uint64_t offset, void* to, size_t size) const {
  const ssize_t n = pread(fd_, to, size, static_cast<off_t>(offset));
  if (n == static_cast<ssize_t>(size)) return {};
  return Result::Fail("cannot read %s at %#llx: %s", path_, static_cast<unsigned long long>(offset),
                      n < 0 ? strerror(errno) : "it ends there");
}

Result KernelCore::ReadHeaders() {
  Elf64_Ehdr elf;
  Result result = ReadAt(0, &elf, sizeof elf);
  if (!result.ok) return result;
  if (memcmp(elf.e_ident, ELFMAG, SELFMAG) != 0 || elf.e_phentsize != sizeof(Elf64_Phdr))
    return Result::Fail("%s is no ELF file", path_);
  Elf64_Phdr note = {};
  for (uint64_t i = 0; i < elf.e_phnum; ++i) {
    Elf64_Phdr header;
    result = ReadAt(elf.e_phoff + i * sizeof header, &header, sizeof header);
    if (!result.ok) return result;
    if (header.p_type == PT_NOTE) note = header;
    // What has no physical address, modules say, has all bits set there.
    if (header.p_type != PT_LOAD || header.p_paddr + header.p_memsz < header.p_paddr) continue;
    if (segment_count_ == kMaxSegments)
      return Result::Fail("%s has more than %zu segments", path_, kMaxSegments);
    segments_[segment_count_++] = {header.p_paddr, header.p_memsz, header.p_offset};
  }
  return ReadNotes(note.p_offset, note.p_filesz);
}

Result KernelCore::ReadNotes(uint64_t offset, uint64_t size) {
  constexpr uint64_t kMostNotes = 1 << 20;
  Buffer notes;
  char* bytes = size > kMostNotes ? nullptr : notes.Extend(size);
  if (bytes == nullptr) return Result::Fail("no memory for the notes of %s", path_);
  Result result = ReadAt(offset, bytes, size);
  return result.ok ? UseFacts(FindNote(notes.view())) : result;
}

Result KernelCore::UseFacts(std::string_view vmcoreinfo) {
  uint64_t page_size = 0, t1sz = 0, va_bits = 0, top = 0, voffset = 0;
  const struct {
    std::string_view name;
    int base;
    uint64_t* number;
  } kFacts[] = {{"PAGESIZE", 10, &page_size},
                {"NUMBER(TCR_EL1_T1SZ)", 16, &t1sz},
                {"NUMBER(VA_BITS)", 10, &va_bits},
                {"SYMBOL(swapper_pg_dir)", 16, &top},
                {"NUMBER(kimage_voffset)", 16, &voffset}};
  for (const auto& [name, base, number] : kFacts) {
    if (!ReadFact(vmcoreinfo, name, base, number))
      return Result::Fail("the VMCOREINFO note of %s has no number %.*s", path_,
                          static_cast<int>(name.size()), name.data());
  }
  pagetable::Geometry& geometry = format_.geometry;
  geometry.page_shift = page_size == 0 ? 0 : __builtin_ctzll(page_size);
  geometry.va_bits = 64 - static_cast<int>(t1sz & 63);
  if (!IsKernelGeometry(geometry))
    return Result::Fail("%s tells of pages of %llu bytes and %d-bit addresses", path_,
                        static_cast<unsigned long long>(page_size), geometry.va_bits);
  // TCR_EL1.DS and IPS are not told. The kernel sets DS with 52-bit addresses and no others
  // (arch/arm64/mm/proc.S); with 64K pages the bits that IPS gives a meaning are zero without it.
  format_.wide_addresses = geometry.page_shift == 16 || geometry.va_bits == 52;
  top_table_ = top - voffset;
  // A 52-bit kernel with 64K pages on a CPU that has 48 bits uses the end of its top table
  // (TTBR1_BADDR_4852_OFFSET).
  if (geometry.page_shift == 16 && static_cast<int>(va_bits) == 52 && geometry.va_bits == 48) {
    pagetable::Format built = format_;
    built.geometry.va_bits = 52;
    top_table_ += (built.TopEntries() - format_.TopEntries()) * sizeof(uint64_t);
  }
  return {};
}

Result KernelCore::Fetch(Buffer& record) {
  record.Clear();
  memset(seen_, 0, kSeenBytes);
  table_count_ = 0;
  const KcoreHeader header = {static_cast<uint16_t>(format_.geometry.page_shift),
                              static_cast<uint16_t>(format_.geometry.va_bits),
                              format_.wide_addresses, top_table_};
  char* place = record.Extend(sizeof header);
  if (place == nullptr) return Result::Fail("no memory for the tables of %s", path_);
  memcpy(place, &header, sizeof header);

  Result result = AddTable(top_table_, record);
  size_t next = 0;
  for (int level = format_.geometry.TopLevel(); level < 3; ++level)
    for (const size_t end = table_count_; result.ok && next < end; ++next)
      result = AddTablesBelow(next, level, record);
  return result;
}

Result KernelCore::AddTablesBelow(size_t table, int level, Buffer& record) {
  uint64_t before = 0;
  for (uint64_t i = 0; i < format_.TableEntries(); ++i) {
    uint64_t descriptor;
    memcpy(&descriptor, record.view().data() + PlaceOf(table) + i * sizeof descriptor,
           sizeof descriptor);
    // KASAN's shadow has many that are equal.
    if (descriptor == before || pagetable::KindOf(descriptor, level) != pagetable::Kind::kTable)
      continue;
    before = descriptor;
    Result result = AddTable(OutputAddress(format_, descriptor, 3), record);
    if (!result.ok) return result;
  }
  return {};
}

Result KernelCore::AddTable(uint64_t address, Buffer& record) {
  const uint64_t bytes = format_.geometry.PageBytes();
  const uint64_t page = address & ~(bytes - 1);
  if (!IsNew(page)) return {};
  if (record.view().size() + sizeof page + bytes > kMaxPayloadSize)
    return Result::Fail("%s has more than %zu translation tables", path_, table_count_);
  char* place = record.Extend(sizeof page + bytes);
  if (place == nullptr) return Result::Fail("no memory for the tables of %s", path_);
  memcpy(place, &page, sizeof page);
  ++table_count_;
  for (size_t i = 0; i < segment_count_; ++i) {
    const Segment& segment = segments_[i];
    if (page >= segment.physical && page - segment.physical < segment.size)
      return ReadAt(segment.offset + (page - segment.physical), place + sizeof page, bytes);
  }
  return Result::Fail("%s has no memory at %#llx, where a translation table is", path_,
                      static_cast<unsigned long long>(page));
}

bool KernelCore::IsNew(uint64_t page) {
  const uint64_t number = (page >> format_.geometry.page_shift) + 1;
  size_t slot = number % kSlots;
  for (; seen_[slot] != 0; slot = (slot + 1) % kSlots)
    if (seen_[slot] == number) return false;
  seen_[slot] = number;
  return true;
}

size_t KernelCore::PlaceOf(size_t table) const {
  return sizeof(KcoreHeader) + table * (sizeof(uint64_t) + format_.geometry.PageBytes()) +
         sizeof(uint64_t);
}

}  // namespace roxlab::probe
