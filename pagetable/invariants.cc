// SPDX-License-Identifier: Apache-2.0
#include "pagetable/invariants.h"

#include <algorithm>
#include <optional>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "pagetable/stretch.h"
#include "pagetable/text.h"

namespace roxlab::pagetable {
namespace {

class Checker {
 public:
  Checker(const Walk& walk, const Dump& regions_of)
      : geometry_(walk.geometry),
        regions_of_(regions_of),
        linear_span_(SpanOf(regions_of, "linear")) {
    const std::optional<uint64_t> image = ImageDistance(walk);
    for (const Translation& translation : walk.translations) {
      if (!translation.range.valid()) continue;
      const Stretch stretch = StretchOf(translation, geometry_);
      if (stretch.writable()) writable_.push_back(stretch);
      if (stretch.executable()) executable_.push_back(stretch);
      if (InLinear(translation.range.start)) {
        linear_.push_back(stretch);
      } else if (!stretch.writable() || translation.range.start - translation.physical == image) {
        owners_.push_back(stretch);
      }
      CheckContiguous(translation);
    }
    for (Stretches* stretches : {&writable_, &executable_, &linear_, &owners_})
      SortByPhysical(stretches);
  }

  void CheckLinear() {
    for (const Stretch& stretch : linear_) {
      const uint64_t offset = stretch.translation->range.start - stretch.physical;
      const uint64_t expected = linear_[0].translation->range.start - linear_[0].physical;
      if (offset == expected) continue;
      Add("not-linear", stretch, stretch.physical, stretch.size,
          absl::StrFormat("the linear map has physical address 0x%x at 0x%x instead of 0x%x",
                          stretch.physical, stretch.translation->range.start,
                          stretch.physical + expected));
    }
  }

  void CheckAliases() {
    ForEachOverlap(
        executable_, writable_,
        [this](const Stretch& x, const Stretch& w, uint64_t first, uint64_t last) {
          const bool alias = InLinear(w.translation->range.start) && x.translation != w.translation;
          Add(alias ? "writable-alias" : "write-exec", x, first, last - first + 1,
              absl::StrCat(Describe(x, first), " is writable ",
                           x.translation == w.translation ? "there as well"
                                                          : absl::StrCat("at ", Place(w, first))));
          return violations_.size() < kMost;
        });
  }

  void CheckStale() {
    size_t next = 0;
    for (const Stretch& linear : linear_) {
      if (linear.writable()) continue;
      const uint64_t end = linear.physical + linear.size;
      // What no owner covers, from the left to the right. Owners may overlap.
      uint64_t from = linear.physical;
      for (; next < owners_.size() && owners_[next].physical < end; ++next) {
        if (owners_[next].physical > std::max(from, covered_))
          AddStale(linear, std::max(from, covered_), owners_[next].physical);
        covered_ = std::max(covered_, owners_[next].last() + 1);
      }
      from = std::max(from, covered_);
      if (from < end) AddStale(linear, from, end);
    }
  }

  std::vector<Violation> Take(size_t limit) {
    std::stable_sort(violations_.begin(), violations_.end(),
                     [](const Violation& a, const Violation& b) { return a.address < b.address; });
    if (violations_.size() > limit) violations_.resize(limit);
    return std::move(violations_);
  }

 private:
  // A hostile guest may have as many as it has pairs of mappings.
  static constexpr size_t kMost = 10000;

  // From a physical address of the kernel's image to its virtual one; none where the image is not
  // mapped.
  std::optional<uint64_t> ImageDistance(const Walk& walk) const {
    for (const Translation& translation : walk.translations) {
      const Range& range = translation.range;
      if (range.valid() && !translation.repeated && !InLinear(range.start) &&
          walk.top_table - translation.physical < range.size)
        return range.start - translation.physical;
    }
    return std::nullopt;
  }

  void CheckContiguous(const Translation& translation) {
    const Range& range = translation.range;
    if ((range.flags & kContiguous) == 0 || range.level < 2) return;
    const uint64_t group =
        geometry_.ContiguousEntries(range.level) * geometry_.EntryBytes(range.level);
    if (range.start % group == 0 && range.size % group == 0 && translation.physical % group == 0)
      return;
    if (violations_.size() >= kMost) return;
    violations_.push_back(
        {"contiguous", range.start, translation.physical, range.size,
         absl::StrFormat("0x%x: %d KiB with the contiguous bit, at physical address 0x%x, are not "
                         "whole groups of %d KiB with one attribute",
                         range.start, range.size >> 10, translation.physical, group >> 10)});
  }

  void AddStale(const Stretch& linear, uint64_t from, uint64_t end) {
    Add("stale-read-only", linear, from, end - from,
        absl::StrCat(Describe(linear, from), " is mapped read-only by nobody else"));
  }

  void Add(const char* rule, const Stretch& stretch, uint64_t physical, uint64_t size,
           const std::string& text) {
    if (violations_.size() >= kMost) return;
    violations_.push_back(
        {rule, stretch.VirtualOf(physical), physical, size,
         absl::StrCat(text, size == geometry_.PageBytes()
                                ? ""
                                : absl::StrCat(" (", size >> 10, " KiB from there on)"))});
  }

  std::string Describe(const Stretch& stretch, uint64_t physical) const {
    return absl::StrFormat("physical page 0x%x, %s at %s,", physical,
                           stretch.executable() ? "executable"
                           : stretch.writable() ? "writable"
                                                : "read-only",
                           Place(stretch, physical));
  }

  std::string Place(const Stretch& stretch, uint64_t physical) const {
    const uint64_t address = stretch.VirtualOf(physical);
    return absl::StrFormat("0x%x (%s)", address, RegionOf(address));
  }

  std::string RegionOf(uint64_t address) const {
    for (const Region& region : regions_of_.regions)
      if (region.end > region.first && regions_of_.ranges[region.first].start <= address &&
          address <= regions_of_.ranges[region.end - 1].last())
        return region.name;
    return "?";
  }
  bool InLinear(uint64_t address) const { return linear_span_.Has(address); }

  const Geometry geometry_;
  const Dump& regions_of_;
  const RegionSpan linear_span_;
  // By physical address. `owners_`: who may have a read-only page in the linear map.
  Stretches writable_, executable_, linear_, owners_;
  uint64_t covered_ = 0;  // Physical address that owners seen so far reach to.
  std::vector<Violation> violations_;
};

}  // namespace

std::vector<Violation> CheckInvariants(const Walk& walk, const Dump& regions_of,
                                       const InvariantOptions& options, size_t limit) {
  Checker checker(walk, regions_of);
  checker.CheckLinear();
  if (options.strict_rodata) {
    checker.CheckAliases();
    checker.CheckStale();
  }
  return checker.Take(limit);
}

}  // namespace roxlab::pagetable
