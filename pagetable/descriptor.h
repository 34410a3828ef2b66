// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_PAGETABLE_DESCRIPTOR_H_
#define ROXLAB_PAGETABLE_DESCRIPTOR_H_

#include <cstdint>

#include "absl/status/statusor.h"
#include "pagetable/dump.h"
#include "pagetable/format.h"
#include "pagetable/walk.h"

// Registers, and what descriptors say beside addresses. Source: Arm ARM DDI 0487, "VMSAv8-64
// translation table format descriptors". Internal to the walker.
namespace roxlab::pagetable {

// INVALID_ARGUMENT when no arm64 kernel runs with these.
absl::StatusOr<Format> FormatOf(const TranslationRegisters& registers);

// Where translation starts.
uint64_t TopTable(const Format& format, uint64_t ttbr1);

// A leaf's flags and memory type.
uint16_t LeafFlags(const Format& format, uint64_t descriptor, int level);
MemoryType LeafMemory(uint64_t descriptor);

// What a table descriptor takes away from all below it.
uint16_t TableLimits(const Format& format, uint64_t descriptor);

}  // namespace roxlab::pagetable

#endif  // ROXLAB_PAGETABLE_DESCRIPTOR_H_
