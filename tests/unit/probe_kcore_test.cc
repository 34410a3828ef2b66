// SPDX-License-Identifier: Apache-2.0
//
// The probe's own code, on files as a kernel's /proc/kcore would be.
#include <elf.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "common/files.h"
#include "runner/collect/kcore_image.h"
#include "runner/probe/kcore.h"
#include "tests/unit/pagetable_tables.h"

namespace roxlab {
namespace {

using pagetable::Geometry;
using pagetable::GuestTables;
using ::testing::HasSubstr;

constexpr uint64_t kVoffset = 0xffff7fff40000000;

template <typename T>
std::string Bytes(const T& value) {
  return std::string(reinterpret_cast<const char*>(&value), sizeof value);
}

class ProbeKcoreTest : public ::testing::Test {
 protected:
  // What the kernel says of the tables; `built_bits`: CONFIG_ARM64_VA_BITS.
  static std::string Facts(const GuestTables& tables, Geometry geometry, int built_bits) {
    return absl::StrCat("OSRELEASE=7.3\nPAGESIZE=", geometry.PageBytes(),
                        "\nSYMBOL(swapper_pg_dir)=", absl::Hex(tables.top() + kVoffset),
                        "\nNUMBER(VA_BITS)=", built_bits, "\nNUMBER(kimage_voffset)=0x",
                        absl::Hex(kVoffset), "\nNUMBER(TCR_EL1_T1SZ)=0x",
                        absl::Hex(64 - geometry.va_bits), "\n");
  }

  // The file: a note of another name first, and a segment that has no physical address.
  void WriteFile(const GuestTables& tables, std::string facts) {
    while (facts.size() % 4 != 0) facts.push_back('\0');
    const std::string notes = Bytes(Elf64_Nhdr{5, 4, 1}) + std::string("CORE\0\0\0\0none", 12) +
                              Bytes(Elf64_Nhdr{11, static_cast<uint32_t>(facts.size()), 0}) +
                              std::string("VMCOREINFO\0\0", 12) + facts;
    Elf64_Ehdr elf = {};
    std::copy_n(ELFMAG, SELFMAG, elf.e_ident);
    elf.e_phoff = sizeof elf;
    elf.e_phentsize = sizeof(Elf64_Phdr);
    elf.e_phnum = 3;
    const uint64_t start = sizeof elf + 3 * sizeof(Elf64_Phdr);
    const pagetable::PhysicalMemory memory = tables.memory();
    Elf64_Phdr note = {}, modules = {}, ram = {};
    note.p_type = PT_NOTE;
    note.p_offset = start;
    note.p_filesz = notes.size();
    modules.p_type = ram.p_type = PT_LOAD;
    modules.p_paddr = ~uint64_t{0};
    modules.p_memsz = uint64_t{1} << 30;
    ram.p_paddr = memory.base();
    ram.p_memsz = memory.bytes();
    ram.p_offset = start + notes.size();
    const char* words = reinterpret_cast<const char*>(memory.At(memory.base(), memory.bytes() / 8));
    ASSERT_TRUE(WriteFileAtomically(path_, Bytes(elf) + Bytes(note) + Bytes(modules) + Bytes(ram) +
                                               notes + std::string(words, memory.bytes()))
                    .ok());
  }

  probe::Result Fetch() {
    probe::KernelCore core;
    probe::Result result = core.Open(path_.c_str());
    // Twice, as the probe does.
    for (int i = 0; i < 2 && result.ok; ++i) result = core.Fetch(record_);
    return result;
  }
  absl::StatusOr<pagetable::Walk> Walked() const {
    return WalkKcore({record_.view().data(), record_.view().size()});
  }

  TempDir dir_ = *TempDir::Make(::testing::TempDir(), "kcore-");
  const std::string path_ = (dir_.path() / "kcore").string();
  probe::Buffer record_;
};

TEST_F(ProbeKcoreTest, FindsEveryTableInEachPageSize) {
  for (const Geometry geometry :
       {Geometry{12, 39}, Geometry{12, 48}, Geometry{12, 52}, Geometry{14, 36}, Geometry{14, 47},
        Geometry{14, 48}, Geometry{16, 42}, Geometry{16, 48}, Geometry{16, 52}}) {
    SCOPED_TRACE(testing::Message() << geometry.page_shift << " " << geometry.va_bits);
    GuestTables tables(geometry, 0x40000000, 16);
    const uint64_t start = ~uint64_t{0} << geometry.va_bits;
    tables.MapPages(start, 0x80000000, 5, pagetable::kLeafRw & ~uint64_t{0x300});
    tables.MapPages(start / 2, 0x80000000, 3, pagetable::kLeafRox & ~uint64_t{0x300});
    WriteFile(tables, Facts(tables, geometry, geometry.va_bits));
    const probe::Result result = Fetch();
    ASSERT_TRUE(result.ok) << result.reason;
    absl::StatusOr<pagetable::Walk> walk = Walked();
    ASSERT_TRUE(walk.ok()) << walk.status();
    const std::vector<pagetable::Translation> mapped = Mapped(*walk);
    ASSERT_EQ(mapped.size(), 2u);
    EXPECT_EQ(mapped[0].range.start, start);
    EXPECT_EQ(mapped[0].range.size, 5 * geometry.PageBytes());
    EXPECT_EQ(mapped[1].physical, 0x80000000u);
  }
}

TEST_F(ProbeKcoreTest, SendsATableOnceHoweverManyPointToIt) {
  GuestTables tables({}, 0x40000000, 16);
  tables.MapPages(~uint64_t{0} << 48, 0x80000000, 5, pagetable::kLeafRw);
  for (int i = 1; i < 200; ++i) tables.Words(tables.top())[i] = tables.Words(tables.top())[0];
  WriteFile(tables, Facts(tables, {}, 48));
  ASSERT_TRUE(Fetch().ok);
  EXPECT_EQ(record_.view().size(), sizeof(probe::KcoreHeader) + 4 * (8 + 4096));
}

TEST_F(ProbeKcoreTest, AWideKernelOnANarrowCpuUsesTheEndOfItsTopTable) {
  const Geometry built = {16, 52};
  GuestTables tables(built, 0x40000000, 8);
  const uint64_t start = ~uint64_t{0} << 48;
  tables.MapPages(start, 0x80000000, 5, pagetable::kLeafRw);
  WriteFile(tables, Facts(tables, {16, 48}, 52));
  ASSERT_TRUE(Fetch().ok);
  absl::StatusOr<pagetable::Walk> walk = Walked();
  ASSERT_TRUE(walk.ok()) << walk.status();
  ASSERT_EQ(Mapped(*walk).size(), 1u);
  EXPECT_EQ(Mapped(*walk)[0].range.start, start);
}

TEST_F(ProbeKcoreTest, WhatIsMissingIsNamed) {
  GuestTables tables({}, 0x40000000, 8);
  tables.MapPages(~uint64_t{0} << 48, 0x80000000, 5, pagetable::kLeafRw);
  const std::string facts = Facts(tables, {}, 48);
  EXPECT_THAT(Fetch().reason, HasSubstr("is CONFIG_PROC_KCORE on"));
  WriteFile(tables, absl::StrReplaceAll(facts, {{"T1SZ", "T9SZ"}}));
  EXPECT_THAT(Fetch().reason, HasSubstr("has no number NUMBER(TCR_EL1_T1SZ)"));
  WriteFile(tables, absl::StrReplaceAll(facts, {{"PAGESIZE=4096", "PAGESIZE=8192"}}));
  EXPECT_THAT(Fetch().reason, HasSubstr("pages of 8192 bytes and 48-bit addresses"));
  *tables.Entry(~uint64_t{0} << 48, 1) = 0x123000 | 3;
  WriteFile(tables, facts);
  EXPECT_THAT(Fetch().reason, HasSubstr("has no memory at 0x123000, where a translation table is"));
  ASSERT_TRUE(WriteFileAtomically(path_, std::string(100, 'x')).ok());
  EXPECT_THAT(Fetch().reason, HasSubstr("is no ELF file"));
}

}  // namespace
}  // namespace roxlab
