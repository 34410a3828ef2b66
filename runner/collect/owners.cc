// SPDX-License-Identifier: Apache-2.0
#include "runner/collect/owners.h"

#include <google/protobuf/util/json_util.h>

#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "common/printable.h"
#include "roxlab/v1/attribution.pb.h"

namespace roxlab {
namespace {

using pagetable::OwnerKind;
using pagetable::Ownership;

constexpr size_t kMaxName = 128;
// A kernel has some thousand modules, programs and probes at most, and three parts of its image.
constexpr size_t kMaxPlaces = 200'000;
constexpr size_t kMaxAreas = 64;

v1::OwnerKind ToProto(OwnerKind kind) {
  switch (kind) {
    case OwnerKind::kModuleText:
      return v1::MODULE_TEXT;
    case OwnerKind::kBpf:
      return v1::BPF_PROGRAM;
    case OwnerKind::kKprobes:
      return v1::KPROBE;
    case OwnerKind::kTrampolines:
      return v1::TRAMPOLINE;
    case OwnerKind::kOtherExecutable:
      return v1::OTHER_EXECUTABLE;
    case OwnerKind::kModuleRodata:
      return v1::MODULE_RODATA;
    case OwnerKind::kModuleRoAfterInit:
      return v1::MODULE_RO_AFTER_INIT;
    case OwnerKind::kOtherReadOnly:
      return v1::OTHER_READ_ONLY;
    case OwnerKind::kKernelImage:
      return v1::KERNEL_IMAGE;
    case OwnerKind::kNotMapped:
      return v1::NOT_MAPPED;
    case OwnerKind::kOtherAttributes:
      return v1::OTHER_ATTRIBUTES;
  }
  return v1::OWNER_KIND_UNSPECIFIED;
}

// "ADDRESS MODULE text|rodata|ro_after_init"
bool TakeModule(absl::string_view line, Ownership* ownership) {
  const std::vector<absl::string_view> words = absl::StrSplit(line, ' ');
  Ownership::Place place;
  if (words.size() != 3 || !absl::SimpleHexAtoi(words[0], &place.address)) return false;
  if (words[2] == "text") {
    place.kind = OwnerKind::kModuleText;
  } else if (words[2] == "rodata") {
    place.kind = OwnerKind::kModuleRodata;
  } else if (words[2] == "ro_after_init") {
    place.kind = OwnerKind::kModuleRoAfterInit;
  } else {
    return false;
  }
  place.name = Printable(words[1], kMaxName);
  ownership->places.push_back(std::move(place));
  return true;
}

// "ADDRESS TYPE NAME\t[OWNER]". Kprobes and trampolines have one name each, whatever their number.
bool TakeSymbol(absl::string_view line, Ownership* ownership) {
  const std::vector<absl::string_view> words =
      absl::StrSplit(line, absl::ByAnyChar(" \t"), absl::SkipEmpty());
  Ownership::Place place;
  if (words.size() != 4 || !absl::SimpleHexAtoi(words[0], &place.address)) return false;
  place.kind = words[3] == "[bpf]"                  ? OwnerKind::kBpf
               : words[3] == "[__builtin__kprobes]" ? OwnerKind::kKprobes
                                                    : OwnerKind::kTrampolines;
  place.name = Printable(words[2], kMaxName);
  ownership->places.push_back(std::move(place));
  return true;
}

// "FIRST-LAST : NAME"
bool TakeMemory(absl::string_view line, Ownership* ownership) {
  const std::pair<absl::string_view, absl::string_view> parts =
      absl::StrSplit(line, absl::MaxSplits(" : ", 1));
  const std::pair<absl::string_view, absl::string_view> ends =
      absl::StrSplit(parts.first, absl::MaxSplits('-', 1));
  Ownership::Area area;
  if (!absl::SimpleHexAtoi(ends.first, &area.first) ||
      !absl::SimpleHexAtoi(ends.second, &area.last) || area.last < area.first)
    return false;
  area.name = Printable(parts.second, kMaxName);
  ownership->image.push_back(std::move(area));
  return true;
}

bool TakeLine(absl::string_view line, Ownership* ownership) {
  if (absl::ConsumePrefix(&line, "module ")) return TakeModule(line, ownership);
  if (absl::ConsumePrefix(&line, "symbol ")) return TakeSymbol(line, ownership);
  return absl::ConsumePrefix(&line, "memory ") && TakeMemory(line, ownership);
}

// What lies between the image's parts is its init memory, which the kernel does not name.
void FillImage(std::vector<Ownership::Area>* image) {
  uint64_t end = 0;
  for (size_t i = 0, count = image->size(); i < count; ++i) {
    if (i > 0 && (*image)[i].first > end)
      image->push_back({end, (*image)[i].first - 1, "Kernel init"});
    end = (*image)[i].last + 1;
  }
}

v1::Attribution ToProto(const pagetable::Attribution& attribution) {
  v1::Attribution proto;
  proto.set_block_bytes(attribution.block_bytes);
  proto.set_linear_blocks(attribution.linear_blocks);
  proto.set_entries(attribution.entries);
  proto.set_alike_blocks(attribution.alike_blocks);
  proto.set_alike_entries(attribution.alike_entries);
  for (const pagetable::Attribution::Kind& kind : attribution.kinds) {
    v1::OwnerKindCount& count = *proto.add_kinds();
    count.set_kind(ToProto(kind.kind));
    count.set_blocks(kind.blocks);
    count.set_pages(kind.pages);
    count.set_cacheable(pagetable::CanBeCached(kind.kind));
    count.set_saves(kind.saves);
    count.set_saves_with_above(kind.saves_with_above);
  }
  for (const pagetable::Attribution::Owner& owner : attribution.owners) {
    v1::OwnerCount& count = *proto.add_owners();
    count.set_kind(ToProto(owner.kind));
    count.set_name(owner.name);
    count.set_blocks(owner.blocks);
    count.set_pages(owner.pages);
    count.set_saves(owner.saves);
  }
  for (const pagetable::Attribution::Block& block : attribution.blocks) {
    v1::SplitBlock& split = *proto.add_blocks();
    split.set_start(block.start);
    split.set_entries(block.entries);
    split.set_alike(block.alike);
    for (const pagetable::Attribution::Share& share : block.shares) {
      v1::OwnerShare& part = *split.add_shares();
      part.set_owner(static_cast<uint32_t>(share.owner));
      part.set_pages(share.pages);
    }
  }
  return proto;
}

}  // namespace

absl::StatusOr<Ownership> ParseOwners(absl::string_view text) {
  Ownership ownership;
  size_t number = 0;
  for (absl::string_view line : absl::StrSplit(text, '\n', absl::SkipEmpty())) {
    ++number;
    if (!TakeLine(line, &ownership))
      return absl::DataLossError(absl::StrCat("the probe's list of owners, line ", number, ": '",
                                              Printable(line, 100), "'"));
    if (ownership.places.size() > kMaxPlaces || ownership.image.size() > kMaxAreas)
      return absl::DataLossError(
          absl::StrCat("the probe's list of owners, line ", number, ": more than a kernel has"));
  }
  FillImage(&ownership.image);
  return ownership;
}

std::string AttributionJson(const pagetable::Attribution& attribution, const std::string& phase) {
  v1::Attribution proto = ToProto(attribution);
  proto.set_phase(phase);
  google::protobuf::util::JsonPrintOptions options;
  options.preserve_proto_field_names = true;
  std::string json;
  (void)google::protobuf::util::MessageToJsonString(proto, &json, options);  // Has no Any.
  return json;
}

}  // namespace roxlab
