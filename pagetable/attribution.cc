// SPDX-License-Identifier: Apache-2.0
#include "pagetable/attribution.h"

#include <algorithm>
#include <array>
#include <map>
#include <numeric>
#include <set>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "pagetable/owner_directory.h"
#include "pagetable/stretch.h"

namespace roxlab::pagetable {
namespace {

using Identity = std::pair<OwnerKind, std::string>;
// Without what follows from the size of an entry.
using Attributes = std::pair<uint16_t, MemoryType>;

Attributes AttributesOf(const Translation& translation) {
  return {translation.effective_flags() & ~(kContiguous | kBlock), translation.range.memory};
}

// The attributes that most of the linear map has.
Attributes Commonest(const Walk& walk, const RegionSpan& linear) {
  std::map<Attributes, uint64_t> bytes;
  for (const Translation& translation : walk.translations)
    if (translation.range.valid() && linear.Has(translation.range.start))
      bytes[AttributesOf(translation)] += translation.range.size;
  const auto most = std::max_element(
      bytes.begin(), bytes.end(), [](const auto& a, const auto& b) { return a.second < b.second; });
  return most == bytes.end() ? Attributes() : most->first;
}

class Attributor {
 public:
  Attributor(const Walk& walk, const Dump& regions_of, const Ownership& ownership)
      : walk_(walk),
        linear_(SpanOf(regions_of, "linear")),
        plain_(Commonest(walk, linear_)),
        image_(ownership.image),
        directory_(walk, linear_, ownership) {
    result_.block_bytes = walk.geometry.EntryBytes(2);
  }

  Attribution Run() {
    for (const Translation& translation : walk_.translations)
      if (linear_.Has(translation.range.start) && !translation.repeated)
        AddTranslation(translation);
    FindOwners();
    for (Split& split : splits_)
      if (split.block.entries > 0) Count(&split);
    Summarize();
    return std::move(result_);
  }

 private:
  // A kernel maps a page a few times. A hostile guest's tables may do it a million times, and are
  // not worth more: pages that are not reached are of an unknown owner.
  static constexpr size_t kMostLooks = size_t{1} << 22;

  // A part of a split block that is mapped otherwise than the linear map at large.
  struct Piece {
    Stretch stretch;
    bool valid = false;
  };
  struct Split {
    Attribution::Block block;
    Attributes attributes;  // Of its first piece.
    std::vector<Piece> pieces;
  };
  // How much is known of a page's owner; less is better.
  enum Knowledge { kPlace, kExecutable, kReadOnlyMapping };
  struct Found {
    Knowledge knowledge = kReadOnlyMapping;
    Identity identity;
  };

  void AddTranslation(const Translation& translation) {
    const Range& range = translation.range;
    if (range.valid()) distance_ = range.start - translation.physical;
    if (range.level != 3) {
      if (!range.hole()) result_.linear_blocks += range.size / result_.block_bytes;
      return;
    }
    uint64_t size = 0;
    for (uint64_t done = 0; done < range.size; done += size) {
      const uint64_t at = range.start + done, start = at & ~(result_.block_bytes - 1);
      size = std::min(range.size - done, result_.block_bytes - (at - start));
      if (range.hole() && size == result_.block_bytes) {  // Tables of nothing, maybe very many.
        size = (range.size - done) & ~(result_.block_bytes - 1);
        continue;
      }
      AddPiece(start, {{at - distance_, size, &translation}, range.valid()});
    }
  }

  void AddPiece(uint64_t start, const Piece& piece) {
    const Translation& translation = *piece.stretch.translation;
    const Attributes attributes = AttributesOf(translation);
    if (splits_.empty() || splits_.back().block.start != start) {
      Split& begun = splits_.emplace_back();
      begun.attributes = attributes;
      begun.block.start = start;
      begun.block.alike = true;
    }
    Split& split = splits_.back();
    if (!translation.range.hole())
      split.block.entries += piece.stretch.size / walk_.geometry.PageBytes();
    split.block.alike = split.block.alike && piece.valid && attributes == split.attributes;
    if (!piece.valid || attributes != plain_) split.pieces.push_back(piece);
  }

  // The physical memory of the pieces, each page once.
  Stretches Differing() const {
    Stretches all, once;
    for (const Split& split : splits_)
      for (const Piece& piece : split.pieces)
        if (piece.valid && !split.block.alike) all.push_back(piece.stretch);
    SortByPhysical(&all);
    for (Stretch& stretch : all) {
      if (once.empty() || once.back().last() < stretch.physical) {
        once.push_back(stretch);
      } else if (stretch.last() > once.back().last()) {
        once.back().size = stretch.last() - once.back().physical + 1;
      }
    }
    return once;
  }

  // Who else maps the pages of the pieces.
  void FindOwners() {
    size_t looks = 0;
    ForEachOverlap(Differing(), directory_.mappings(),
                   [&](const Stretch&, const Stretch& mapping, uint64_t first, uint64_t last) {
                     const uint64_t page = walk_.geometry.PageBytes();
                     for (uint64_t at = first; at <= last && looks < kMostLooks; at += page) {
                       Consider(mapping, at);
                       ++looks;
                     }
                     return looks < kMostLooks;
                   });
  }

  void Consider(const Stretch& mapping, uint64_t physical) {
    Found found;
    if (const Ownership::Place* place =
            directory_.At(*mapping.translation, mapping.VirtualOf(physical))) {
      found = {kPlace, {place->kind, place->name}};
    } else if (mapping.executable()) {
      found = {kExecutable, {OwnerKind::kOtherExecutable, ""}};
    } else if (!mapping.writable()) {
      found = {kReadOnlyMapping, {OwnerKind::kOtherReadOnly, ""}};
    } else {
      return;
    }
    auto [it, inserted] = found_.try_emplace(physical, found);
    if (!inserted && found.knowledge < it->second.knowledge) it->second = found;
  }

  Identity OwnerOf(const Piece& piece, uint64_t physical) const {
    const Ownership::Area* area = nullptr;
    for (const Ownership::Area& one : image_)
      if (one.first <= physical && physical <= one.last) area = &one;
    if (!piece.valid) return {OwnerKind::kNotMapped, area != nullptr ? area->name : ""};
    auto found = found_.find(physical);
    if (found != found_.end() && found->second.knowledge == kPlace) return found->second.identity;
    if (area != nullptr) return {OwnerKind::kKernelImage, area->name};
    if (found != found_.end()) return found->second.identity;
    return {piece.stretch.writable() ? OwnerKind::kOtherAttributes : OwnerKind::kOtherReadOnly, ""};
  }

  void Count(Split* split) {
    Attribution::Block& block = split->block;
    result_.entries += block.entries;
    ++result_.linear_blocks;
    std::map<Identity, uint64_t> pages;
    const uint64_t page = walk_.geometry.PageBytes();
    if (block.alike) {
      ++result_.alike_blocks;
      result_.alike_entries += block.entries;
    } else {
      for (const Piece& piece : split->pieces)
        for (uint64_t done = 0; done < piece.stretch.size; done += page)
          ++pages[OwnerOf(piece, piece.stretch.physical + done)];
    }
    for (const auto& [identity, count] : pages)
      CountOwner(identity, count, pages.size() == 1, &block);
    CountKinds(pages, block.entries);
    std::stable_sort(block.shares.begin(), block.shares.end(),
                     [](const auto& a, const auto& b) { return a.pages > b.pages; });
    result_.blocks.push_back(std::move(block));
  }

  void CountOwner(const Identity& identity, uint64_t pages, bool alone, Attribution::Block* block) {
    auto [it, inserted] = numbers_.try_emplace(identity, result_.owners.size());
    if (inserted) result_.owners.push_back({identity.first, identity.second});
    Attribution::Owner& owner = result_.owners[it->second];
    ++owner.blocks;
    owner.pages += pages;
    if (alone && CanBeCached(owner.kind)) owner.saves += block->entries;
    block->shares.push_back({it->second, pages});
  }

  void CountKinds(const std::map<Identity, uint64_t>& pages, uint64_t entries) {
    std::set<OwnerKind> kinds;
    for (const auto& [identity, count] : pages) {
      if (kinds.insert(identity.first).second) ++Kind(identity.first).blocks;
      Kind(identity.first).pages += count;
    }
    if (kinds.empty() || !CanBeCached(*kinds.rbegin())) return;
    if (kinds.size() == 1) Kind(*kinds.begin()).saves += entries;
    for (int i = static_cast<int>(*kinds.rbegin()); i < kOwnerKinds; ++i)
      kinds_[i].saves_with_above += entries;
  }

  void Summarize() {
    for (int i = 0; i < kOwnerKinds; ++i) {
      kinds_[i].kind = static_cast<OwnerKind>(i);
      if (!CanBeCached(kinds_[i].kind)) kinds_[i].saves_with_above = 0;
      if (kinds_[i].blocks > 0) result_.kinds.push_back(kinds_[i]);
    }
    // The shares name owners by number, so those are sorted through a table.
    std::vector<size_t> order(result_.owners.size()), rank(order.size());
    std::iota(order.begin(), order.end(), 0);
    std::stable_sort(order.begin(), order.end(), [this](size_t a, size_t b) {
      const Attribution::Owner &x = result_.owners[a], &y = result_.owners[b];
      return std::pair(x.saves, x.pages) > std::pair(y.saves, y.pages);
    });
    std::vector<Attribution::Owner> owners;
    for (size_t i = 0; i < order.size(); ++i) {
      rank[order[i]] = i;
      owners.push_back(std::move(result_.owners[order[i]]));
    }
    result_.owners = std::move(owners);
    for (Attribution::Block& block : result_.blocks)
      for (Attribution::Share& share : block.shares) share.owner = rank[share.owner];
  }

  Attribution::Kind& Kind(OwnerKind kind) { return kinds_[static_cast<int>(kind)]; }

  const Walk& walk_;
  const RegionSpan linear_;
  const Attributes plain_;
  const std::vector<Ownership::Area>& image_;
  const OwnerDirectory directory_;
  uint64_t distance_ = 0;  // From physical to linear addresses.
  std::vector<Split> splits_;
  absl::flat_hash_map<uint64_t, Found> found_;  // By physical address.
  std::map<Identity, size_t> numbers_;          // Of result_.owners.
  std::array<Attribution::Kind, kOwnerKinds> kinds_;
  Attribution result_;
};

}  // namespace

bool CanBeCached(OwnerKind kind) { return kind < OwnerKind::kKernelImage; }

Attribution Attribute(const Walk& walk, const Dump& regions_of, const Ownership& ownership) {
  return Attributor(walk, regions_of, ownership).Run();
}

}  // namespace roxlab::pagetable
