// SPDX-License-Identifier: Apache-2.0
#include "pagetable/descriptor.h"

#include <array>

#include "absl/strings/str_cat.h"

namespace roxlab::pagetable {
namespace {

// TCR_EL1.TG1.
int PageShift(uint64_t tcr) {
  switch (Bits(tcr, 31, 30)) {
    case 1:
      return 14;
    case 2:
      return 12;
    case 3:
      return 16;
    default:
      return 0;
  }
}

struct FlagBit {
  int bit;
  Flag flag;
};
// AP[2:1], AF, nG, GP, Contiguous, PXN, UXN.
constexpr FlagBit kFlagBits[] = {
    {0, kValid},    {6, kUser},        {7, kReadOnly}, {10, kAccessed},   {11, kNotGlobal},
    {50, kGuarded}, {52, kContiguous}, {53, kNoExec},  {54, kNoUserExec},
};

}  // namespace

absl::StatusOr<Format> FormatOf(const TranslationRegisters& registers) {
  Format format;
  format.geometry.page_shift = PageShift(registers.tcr);
  format.geometry.va_bits = 64 - static_cast<int>(Bits(registers.tcr, 21, 16));
  if (!IsKernelGeometry(format.geometry))
    return absl::InvalidArgumentError(
        absl::StrCat("TCR_EL1 = 0x", absl::Hex(registers.tcr, absl::kZeroPad16),
                     " is not that of an arm64 kernel: ", format.geometry.va_bits,
                     "-bit addresses, granule ", Bits(registers.tcr, 31, 30)));
  // TCR_EL1.DS: FEAT_LPA2. With 64K pages, TCR_EL1.IPS = 0b110 (52 bits): FEAT_LPA.
  format.wide_addresses = format.geometry.page_shift == 16 ? Bits(registers.tcr, 34, 32) == 6
                                                           : Bits(registers.tcr, 59, 59) == 1;
  format.hierarchical = Bits(registers.tcr, 42, 42) == 0;
  return format;
}

uint64_t TopTable(const Format& format, uint64_t ttbr1) {
  // TTBR1_EL1.BADDR[47:1]; with 52-bit addresses bits 5:2 are bits 51:48.
  const uint64_t low = ttbr1 & 0x0000fffffffffffe;
  if (!format.wide_addresses) return low;
  return (low & ~uint64_t{0x3f}) | Bits(ttbr1, 5, 2) << 48;
}

uint16_t LeafFlags(const Format& format, uint64_t descriptor, int level) {
  uint16_t flags = 0;
  for (const FlagBit& known : kFlagBits)
    if (Bits(descriptor, known.bit, known.bit) != 0) flags |= known.flag;
  // SH: inner shareable. FEAT_LPA2 has address bits there, and one shareability for all.
  const bool lpa2 = format.wide_addresses && format.geometry.page_shift != 16;
  if (!lpa2 && Bits(descriptor, 9, 8) == 3) flags |= kShared;
  if (level < 3 && Bits(descriptor, 1, 0) == 1) flags |= kBlock;
  return flags;
}

MemoryType LeafMemory(uint64_t descriptor) {
  // In the order of MT_NORMAL ... MT_DEVICE_nGnRE.
  constexpr std::array<MemoryType, 5> kTypes = {
      MemoryType::kNormal, MemoryType::kNormalTagged, MemoryType::kNormalNonCacheable,
      MemoryType::kDeviceNGnRnE, MemoryType::kDeviceNGnRE};
  const uint64_t index = Bits(descriptor, 4, 2);
  return index < kTypes.size() ? kTypes[index] : MemoryType::kDeviceGRE;
}

uint16_t TableLimits(const Format& format, uint64_t descriptor) {
  if (!format.hierarchical) return 0;
  uint16_t limits = 0;
  if (Bits(descriptor, 62, 62) != 0) limits |= kReadOnly;    // APTable[1]
  if (Bits(descriptor, 60, 60) != 0) limits |= kNoUserExec;  // UXNTable
  if (Bits(descriptor, 59, 59) != 0) limits |= kNoExec;      // PXNTable
  return limits;
}

}  // namespace roxlab::pagetable
