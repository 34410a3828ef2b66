// SPDX-License-Identifier: Apache-2.0
#include "runner/collect/kcore_image.h"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "common/printable.h"
#include "common/status_macros.h"
#include "runner/probe/stream_format.h"

namespace roxlab {
namespace {

using pagetable::Format;
using pagetable::PhysicalMemory;

// A walk of this many ranges is that of 16 GiB in which each page differs from its neighbours.
constexpr uint64_t kMostRanges = 1 << 22;

constexpr size_t kMaxReason = 500;

absl::Status Bad(absl::string_view what) {
  return absl::DataLossError(absl::StrCat("the tables from /proc/kcore: ", what));
}

template <typename T>
T ReadAt(absl::string_view bytes, size_t at) {
  T value;
  std::memcpy(&value, bytes.data() + at, sizeof value);
  return value;
}

absl::StatusOr<Format> FormatOf(const probe::KcoreHeader& header) {
  Format format;
  format.geometry = {header.page_shift, header.va_bits};
  format.wide_addresses = header.wide_addresses != 0;
  if (!IsKernelGeometry(format.geometry) || header.wide_addresses > 1)
    return Bad(absl::StrCat("no arm64 kernel has pages of 2^", header.page_shift, " bytes, ",
                            header.va_bits, "-bit addresses and address format ",
                            header.wide_addresses));
  return format;
}

// A page of tables in the payload.
struct Page {
  uint64_t address;
  size_t at;  // Of its bytes.
};

// The pages of what follows the header, by ascending address.
absl::StatusOr<std::vector<Page>> FindPages(absl::string_view payload, uint64_t page_bytes) {
  constexpr size_t kStart = sizeof(probe::KcoreHeader);
  const size_t step = sizeof(uint64_t) + page_bytes;
  if (payload.size() == kStart || (payload.size() - kStart) % step != 0)
    return Bad(absl::StrCat(payload.size() - kStart, " bytes are no whole number of pages"));
  std::vector<Page> pages;
  pages.reserve((payload.size() - kStart) / step);
  for (size_t at = kStart; at < payload.size(); at += step) {
    const uint64_t address = ReadAt<uint64_t>(payload, at);
    if (address % page_bytes != 0 || address >> 52 != 0)
      return Bad(absl::StrCat("at byte ", at, ", 0x", absl::Hex(address),
                              " is no physical address of a page"));
    pages.push_back({address, at + sizeof address});
  }
  std::sort(pages.begin(), pages.end(),
            [](const Page& a, const Page& b) { return a.address < b.address; });
  auto twice = std::adjacent_find(pages.begin(), pages.end(), [](const Page& a, const Page& b) {
    return a.address == b.address;
  });
  if (twice != pages.end())
    return Bad(absl::StrCat("the page at 0x", absl::Hex(twice->address), " comes twice"));
  return pages;
}

}  // namespace

absl::StatusOr<pagetable::Walk> WalkKcore(absl::string_view payload) {
  if (absl::ConsumePrefix(&payload, "!"))
    return absl::UnavailableError(Printable(payload, kMaxReason));
  if (payload.size() < sizeof(probe::KcoreHeader)) return Bad("they have no header");
  const auto header = ReadAt<probe::KcoreHeader>(payload, 0);
  ROXLAB_ASSIGN_OR_RETURN(const Format format, FormatOf(header));
  const uint64_t page_bytes = format.geometry.PageBytes(), page_words = format.TableEntries();
  ROXLAB_ASSIGN_OR_RETURN(const std::vector<Page> pages, FindPages(payload, page_bytes));

  // In the order of addresses, so that neighbours in memory are neighbours here.
  std::vector<uint64_t> words(pages.size() * page_words);
  std::vector<PhysicalMemory::Stretch> stretches;
  for (size_t i = 0; i < pages.size(); ++i) {
    uint64_t* const place = words.data() + i * page_words;
    std::memcpy(place, payload.data() + pages[i].at, page_bytes);
    if (!stretches.empty() && stretches.back().end() == pages[i].address) {
      auto& joined = stretches.back().words;
      joined = absl::MakeConstSpan(joined.data(), joined.size() + page_words);
    } else {
      stretches.push_back({pages[i].address, absl::MakeConstSpan(place, page_words)});
    }
  }
  absl::StatusOr<pagetable::Walk> walk =
      WalkTables(PhysicalMemory(stretches), format, header.top_table,
                 std::min<uint64_t>(2 * words.size(), kMostRanges));
  return walk.ok() ? std::move(walk) : Bad(walk.status().message());
}

}  // namespace roxlab
