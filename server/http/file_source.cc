// SPDX-License-Identifier: Apache-2.0
#include "server/http/file_source.h"

#include <unistd.h>

#include <algorithm>

namespace roxlab {
namespace {

constexpr uint64_t kPiece = 256u << 10;

}  // namespace

void FileSource::Next(Take take) {
  pool_.Submit([self = shared_from_this(), take = std::move(take)] { take(self->Read()); });
}

BodySource::Piece FileSource::Read() {
  if (left_ == 0) return {};
  std::string bytes(std::min(left_, kPiece), '\0');
  const ssize_t n = pread(fd_.get(), bytes.data(), bytes.size(), static_cast<off_t>(offset_));
  if (n <= 0) return {std::nullopt, true};
  bytes.resize(static_cast<size_t>(n));
  offset_ += bytes.size();
  left_ -= bytes.size();
  return {std::move(bytes)};
}

}  // namespace roxlab
