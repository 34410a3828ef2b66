// SPDX-License-Identifier: Apache-2.0
#include "report/newc.h"

#include <cstdint>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

namespace roxlab {
namespace {

constexpr size_t kHeader = 110;  // A magic of six and thirteen fields of eight hex digits.
constexpr size_t kFileSizeField = 6 + 6 * 8;
constexpr size_t kNameSizeField = 6 + 11 * 8;

size_t Aligned(size_t at) { return (at + 3) / 4 * 4; }

// One entry at `*at`, which goes behind it.
absl::StatusOr<NewcFile> ReadEntry(absl::string_view bytes, size_t* at) {
  auto broken = [&](absl::string_view what) {
    return absl::DataLossError(absl::StrCat("initramfs, byte ", *at, ": ", what));
  };
  const absl::string_view rest = bytes.substr(*at);
  if (rest.size() < kHeader || !absl::StartsWith(rest, "070701")) return broken("no newc header");
  uint32_t file_size = 0;
  uint32_t name_size = 0;
  if (!absl::SimpleHexAtoi(rest.substr(kFileSizeField, 8), &file_size) ||
      !absl::SimpleHexAtoi(rest.substr(kNameSizeField, 8), &name_size) || name_size == 0)
    return broken("a size that is no number");
  const size_t content = Aligned(kHeader + name_size);
  if (content > rest.size() || file_size > rest.size() - content) return broken("cut off");
  NewcFile file = {rest.substr(kHeader, name_size - 1), rest.substr(content, file_size)};
  *at = std::min(*at + Aligned(content + file_size), bytes.size());
  return file;
}

}  // namespace

absl::StatusOr<std::vector<NewcArchive>> ParseNewc(absl::string_view initramfs) {
  std::vector<NewcArchive> archives;
  for (size_t at = 0; at < initramfs.size();) {
    const size_t start = at;
    NewcArchive& archive = archives.emplace_back();
    while (true) {
      absl::StatusOr<NewcFile> file = ReadEntry(initramfs, &at);
      if (!file.ok()) return file.status();
      if (file->name == "TRAILER!!!") break;
      archive.files.push_back(*file);
    }
    archive.bytes = initramfs.substr(start, at - start);
  }
  return archives;
}

}  // namespace roxlab
