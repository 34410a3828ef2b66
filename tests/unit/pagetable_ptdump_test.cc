// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "pagetable/ptdump.h"
#include "tests/unit/pagetable_text.h"

namespace roxlab::pagetable {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

// The markers and folded levels of a 4K kernel with 48-bit addresses.
constexpr char kSmall[] =
    R"(---[ Linear Mapping start ]---
0xffff000000000000-0xffff000000200000           2M PMD       RW NX SHD AF         BLK UXN    MEM/NORMAL
0xffff000000200000-0xffff000000210000          64K PTE       RW NX SHD AF     CON     UXN    MEM/NORMAL-TAGGED
0xffff000000210000-0xffff000000211000           4K PTE  F    RW NX SHD AF NG          UXN    MEM/NORMAL
0xffff000000211000-0xffff000000400000        1980K PTE
0xffff000000400000-0xffff000040000000        1020M PMD
0xffff000040000000-0xffff008000000000         511G PUD
0xffff008000000000-0xffff800000000000      130560G PGD
---[ Linear Mapping end ]---
---[ Modules start ]---
0xffff800000000000-0xffff800000001000           4K PTE       ro x  SHD AF             UXN GP MEM/NORMAL
0xffff800000001000-0xffff800000200000        2044K PTE
0xffff800000200000-0xffff800040000000        1022M PMD
0xffff800040000000-0xffff800080000000           1G PUD
---[ Modules end ]---
---[ vmalloc() area ]---
0xffff800080000000-0xffff808000000000         510G PUD
0xffff808000000000-0xffffff8000000000      130048G PGD
---[ vmalloc() end ]---
0xffffff8000000000-0xffffffffc0000000         511G PUD
---[ PCI I/O start ]---
0xffffffffc0000000-0xfffffffffe000000         992M PMD
---[ PCI I/O end ]---
---[ Fixmap start ]---
0xfffffffffe000000-0xfffffffffe001000           4K PTE       USR RW NX AF UXN DEVICE/nGnRE
0xfffffffffe001000-0xfffffffffe200000        2044K PTE
0xfffffffffe200000-0xffffffffff800000          22M PMD
---[ Fixmap end ]---
0xffffffffff800000-0x0000000000000000           8M PMD
)";

TEST(Ptdump, ReadsAddressesLevelsFlagsAndMemoryTypes) {
  Dump dump = MustParse(kSmall, 0);
  ASSERT_GT(dump.ranges.size(), 4u);
  EXPECT_EQ(dump.ranges[0].start, 0xffff000000000000);
  EXPECT_EQ(dump.ranges[0].size, 2 * kMiB);
  EXPECT_EQ(dump.ranges[0].level, 2);
  EXPECT_EQ(dump.ranges[0].line, 2u);
  EXPECT_EQ(dump.ranges[0].flags, kValid | kNoExec | kShared | kAccessed | kBlock | kNoUserExec);
  EXPECT_EQ(dump.ranges[0].memory, MemoryType::kNormal);
  EXPECT_EQ(dump.ranges[1].flags,
            kValid | kNoExec | kShared | kAccessed | kContiguous | kNoUserExec);
  EXPECT_EQ(dump.ranges[1].memory, MemoryType::kNormalTagged);
  EXPECT_EQ(dump.ranges[2].flags, kNoExec | kShared | kAccessed | kNotGlobal | kNoUserExec);
  EXPECT_FALSE(dump.ranges[2].hole());
  EXPECT_TRUE(dump.ranges[3].hole());
}

TEST(Ptdump, TheLastEndOfZeroIsTheEndOfTheAddressSpace) {
  Dump dump = MustParse(kSmall, 0);
  EXPECT_EQ(dump.ranges.back().size, 8 * kMiB);
  EXPECT_EQ(dump.ranges.back().last(), 0xffffffffffffffff);
}

TEST(Ptdump, RegionsHaveShortNamesAndEachRangeIsInOne) {
  Dump dump = MustParse(kSmall, 0);
  std::vector<std::string> names;
  size_t next = 0;
  for (const Region& region : dump.regions) {
    names.push_back(region.name);
    EXPECT_EQ(region.first, next);
    next = region.end;
  }
  EXPECT_EQ(next, dump.ranges.size());
  EXPECT_THAT(names,
              ElementsAre("linear", "modules", "vmalloc", "guard", "pci_io", "fixmap", "guard"));
}

TEST(Ptdump, MarkersOfOlderAndUnknownKernelsBecomeNames) {
  std::string text = absl::StrReplaceAll(kSmall, {{"Linear Mapping start", "KASAN shadow start"},
                                                  {"Linear Mapping end", "KASAN shadow end"},
                                                  {"vmalloc() area", "My new (fast) Area start"},
                                                  {"---[ vmalloc() end ]---\n", ""}});
  Dump dump = MustParse(text, 0);
  EXPECT_EQ(dump.regions[0].name, "kasan");
  EXPECT_EQ(dump.regions[2].name, "my_new_fast_area");
  EXPECT_EQ(dump.regions[3].name, "pci_io");
}

TEST(Ptdump, FourKibPagesAreInferred) {
  Dump dump = MustParse(kSmall, 0);
  EXPECT_EQ(dump.geometry.page_shift, 12);
  EXPECT_EQ(dump.geometry.va_bits, 48);
}

// A kernel with 64K pages and 48 bits has three levels: PGD, PMD (512M), PTE. Its top level is the
// architecture's level 1.
TEST(Ptdump, SixtyFourKibPagesAreInferredAndTheirTopLevelIsOne) {
  std::string text = absl::StrCat(
      "---[ Linear Mapping start ]---\n", RangeLine(kLinear, kLinear + 512 * kMiB, "PMD", kBlockRw),
      RangeLine(kLinear + 512 * kMiB, kLinear + 513 * kMiB, "PTE", kPage),
      RangeLine(kLinear + 513 * kMiB, kLinear + 1024 * kMiB, "PTE"),
      RangeLine(kLinear + 1024 * kMiB, kLinear + (uint64_t{1} << 42), "PMD"),
      RangeLine(kLinear + (uint64_t{1} << 42), 0, "PGD"));
  Dump dump = MustParse(text, 0);
  EXPECT_EQ(dump.geometry.page_shift, 16);
  EXPECT_EQ(dump.ranges[0].level, 2);
  EXPECT_EQ(dump.ranges[1].level, 3);
  EXPECT_EQ(dump.ranges.back().level, 1);
}

// With 39 bits the PUD is folded: 1G blocks print as PGD.
TEST(Ptdump, ABlockOfAFoldedLevelIsOfTheLevelThatItReallyIs) {
  uint64_t start = 0xffffff8000000000;
  std::string text = absl::StrCat("---[ Linear Mapping start ]---\n",
                                  RangeLine(start, start + 1024 * kMiB, "PGD", kBlockRw),
                                  RangeLine(start + 1024 * kMiB, 0, "PGD"));
  Dump dump = MustParse(text, 0);
  EXPECT_EQ(dump.geometry.page_shift, 12);
  EXPECT_EQ(dump.geometry.va_bits, 39);
  EXPECT_EQ(dump.ranges[0].level, 1);
  EXPECT_TRUE(dump.ranges[0].valid());
}

TEST(Ptdump, FiveLevelsAreRead) {
  uint64_t start = 0xfff0000000000000;
  uint64_t p4d = uint64_t{1} << 39;
  std::string text = absl::StrCat(
      "---[ Linear Mapping start ]---\n", RangeLine(start, start + 1024 * kMiB, "PUD", kBlockRw),
      RangeLine(start + 1024 * kMiB, start + p4d, "PUD"),
      RangeLine(start + p4d, start + (p4d << 9), "P4D"), RangeLine(start + (p4d << 9), 0, "PGD"));
  Dump dump = MustParse(text, 0);
  EXPECT_EQ(dump.geometry.Levels(), 5);
  EXPECT_EQ(dump.ranges[2].level, 0);
  EXPECT_EQ(dump.ranges[3].level, -1);
}

TEST(Ptdump, APageSizeThatTheTextContradictsIsRefused) {
  absl::Status status = ParsePtdump(kSmall, {.page_size = 16384}).status();
  EXPECT_THAT(std::string(status.message()), HasSubstr("line 2: range is not aligned"));
  status = ParsePtdump(kSmall, {.page_size = 8192}).status();
  EXPECT_THAT(std::string(status.message()), HasSubstr("pages of 8192 bytes"));
}

// Each row changes the good dump above in one place and says what must be found.
struct Damage {
  const char* name;
  const char* from;
  const char* to;
  const char* error;
};

class DamagedDump : public ::testing::TestWithParam<Damage> {};

TEST_P(DamagedDump, IsRefusedWithItsLine) {
  std::string text = kSmall;
  size_t at = text.find(GetParam().from);
  ASSERT_NE(at, std::string::npos);
  text.replace(at, std::string(GetParam().from).size(), GetParam().to);
  absl::StatusOr<Dump> dump = ParsePtdump(text);
  EXPECT_EQ(dump.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(dump.status().message()), HasSubstr(GetParam().error));
}

constexpr char k1980K[] =
    "0xffff000000211000-0xffff000000400000        1980K PTE\n"
    "0xffff000000400000-0xffff000040000000        1020M PMD\n";
INSTANTIATE_TEST_SUITE_P(
    Each, DamagedDump,
    ::testing::Values(
        Damage{"CutInTheLastLine", "8M PMD\n", "8M P", "line 29: last line is cut off"},
        Damage{"CutAfterALine", "0xffffffffff800000-0x0000000000000000           8M PMD\n", "",
               "line 28: dump ends before the address space does"},
        Damage{"CutAtTheStart", "---[ Linear Mapping start ]---\n", "",
               "line 1: range before the first region marker"},
        Damage{"StartsLate",
               "0xffff000000000000-0xffff000000200000           2M PMD       RW NX SHD AF         "
               "BLK UXN    MEM/NORMAL\n",
               "", "line 2: dump does not begin where"},
        Damage{"TornAddress", "0xffff000000211000-0xffff0000", "0xffff000000211000-0xffff",
               "line 5: not a range or marker"},
        Damage{"TornFlags", "RW NX SHD AF         BLK UXN    MEM/NORMAL\n", "RW NX SHD AF\n",
               "line 2: flags without a memory type"},
        Damage{"TornLineJoined", "1980K PTE\n", "1980K PTE", "line 5: unknown level"},
        Damage{"LostLine", "0xffff000000211000-0xffff000000400000        1980K PTE\n", "",
               "line 5: range does not begin where the one before ended"},
        Damage{"RepeatedLine", k1980K,
               "0xffff000000211000-0xffff000000400000        1980K PTE\n"
               "0xffff000000211000-0xffff000000400000        1980K PTE\n",
               "line 6: range does not begin where the one before ended"},
        Damage{"ReorderedLines", k1980K,
               "0xffff000000400000-0xffff000040000000        1020M PMD\n"
               "0xffff000000211000-0xffff000000400000        1980K PTE\n",
               "line 5: range does not begin where the one before ended"},
        Damage{"OverlappingRange", "0xffff000000400000-0xffff000040000000        1020M PMD",
               "0xffff000000300000-0xffff000040000000        1021M PMD", "line 6: range does not"},
        Damage{"WrongSize", "1980K", "1984K", "line 5: size is not the distance"},
        Damage{"WrongUnit", "1980K", "1980M", "line 5: size is not the distance"},
        Damage{"NoUnit", "1980K", "19800", "line 5: impossible size"},
        Damage{"ZeroSize", "1980K", "0K", "line 5: impossible size"},
        Damage{"NegativeSize", "1980K", "-1980K", "line 5: impossible size"},
        Damage{"OverflowingSize", "1980K", "99999999999999999999999999K",
               "line 5: impossible size"},
        Damage{"OverflowingUnit", "1980K", "18446744073709551615E", "line 5: impossible size"},
        Damage{"EndsBeforeItStarts", "-0xffff000000400000        1980K",
               "-0xffff000000210000        1980K", "line 5: range ends before it starts"},
        Damage{"EmptyRange", "-0xffff000000400000        1980K", "-0xffff000000211000        1980K",
               "line 5: range ends before it starts"},
        Damage{"UpperCaseAddress", "0xffff000000211000-", "0xFFFF000000211000-",
               "line 5: not a range or marker"},
        Damage{"UnknownLevel", "1980K PTE", "1980K PXE", "line 5: unknown level"},
        Damage{"FoldedLevel", "1980K PTE", "1980K P4D", "folded"},
        Damage{"UnalignedToItsLevel", "1980K PTE", "1980K PMD",
               "line 5: range is not aligned to its level"},
        Damage{"UnknownFlag", "RW NX", "RW NZ", "line 2: unknown flag"},
        Damage{"ContradictingFlags", "RW NX", "RW ro", "line 2: contradicting flags"},
        Damage{"NoPermissions", "RW NX SHD", "SHD", "line 2: flags without permissions"},
        Damage{"PageThatIsABlock", "CON     UXN", "CON BLK UXN",
               "line 3: page that says it is a block"},
        Damage{"BlockThatIsNone", "BLK UXN", "    UXN", "line 2: block that does not say so"},
        Damage{"TextAfterTheEnd", "8M PMD\n", "8M PMD\nend\n", "line 30: not a range or marker"},
        Damage{"SecondDumpAppended", "8M PMD\n",
               "8M PMD\n0x0000000000000000-0x0000000000001000           4K PTE\n",
               "line 30: range after the last"},
        Damage{"EmptyLine", "1980K PTE\n", "1980K PTE\n\n", "line 6: not a range or marker"},
        Damage{"CarriageReturn", "1980K PTE\n", "1980K PTE\r\n", "line 5: unknown level"},
        Damage{"BrokenMarker", "---[ Modules start ]---", "---[ Modules start ",
               "line 10: not a range or marker"},
        Damage{"EndWithoutStart", "---[ Modules start ]---\n", "",
               "line 14: end of region modules"},
        Damage{"RegionTwice", "---[ vmalloc() area ]---", "---[ Modules start ]---",
               "line 16: second start of region modules"}),
    [](const auto& test) { return test.param.name; });

TEST(Ptdump, NothingAndNonsenseAreRefused) {
  EXPECT_FALSE(ParsePtdump("").ok());
  EXPECT_FALSE(ParsePtdump("\n").ok());
  EXPECT_FALSE(ParsePtdump("---[ Linear Mapping start ]---\n").ok());
  EXPECT_FALSE(ParsePtdump(std::string(1000, '\0')).ok());
  EXPECT_FALSE(ParsePtdump(absl::string_view("\xff\xfe\n", 3)).ok());
}

TEST(Ptdump, AHostileLineIsShownShortAndPrintable) {
  std::string text = absl::StrCat("0x", std::string(5 << 20, '\x01'), "\n");
  std::string message(ParsePtdump(text).status().message());
  EXPECT_THAT(message, HasSubstr("line 1: line is too long"));
  EXPECT_LT(message.size(), 500u);
  EXPECT_EQ(message.find('\x01'), std::string::npos);
}

TEST(Ptdump, EndlessMarkersAreRefused) {
  std::string text;
  for (int i = 0; i < 1000; ++i) absl::StrAppend(&text, "---[ R", i, " start ]---\n");
  EXPECT_THAT(std::string(ParsePtdump(text).status().message()), HasSubstr("too many regions"));
}

// Whatever one byte becomes, the answer is a dump or an error, and never one that breaks what
// dump.h promises.
TEST(Ptdump, NoSingleDamagedByteBreaksThePromises) {
  for (size_t i = 0; i < std::string(kSmall).size(); ++i) {
    for (char c : {'\0', '\n', ' ', '0', 'f', '\xff'}) {
      std::string text = kSmall;
      text[i] = c;
      absl::StatusOr<Dump> dump = ParsePtdump(text);
      if (!dump.ok()) continue;
      uint64_t next = dump->ranges.front().start;
      for (const Range& range : dump->ranges) {
        ASSERT_EQ(range.start, next) << "byte " << i;
        next = range.start + range.size;
      }
      ASSERT_EQ(next, 0u) << "byte " << i;
      ASSERT_EQ(dump->regions.back().end, dump->ranges.size()) << "byte " << i;
    }
  }
}

TEST(Ptdump, NoCutOffDumpIsTakenForAWholeOne) {
  std::string text = kSmall;
  for (size_t n = 0; n < text.size(); ++n)
    ASSERT_FALSE(ParsePtdump(absl::string_view(text).substr(0, n)).ok()) << n;
}

}  // namespace
}  // namespace roxlab::pagetable
