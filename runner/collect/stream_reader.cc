// SPDX-License-Identifier: Apache-2.0
#include "runner/collect/stream_reader.h"

#include <zlib.h>

#include <bit>
#include <cstring>

#include "absl/strings/str_cat.h"

namespace roxlab {

static_assert(std::endian::native == std::endian::little, "the stream is read as it lies");

absl::Status StreamReader::Torn(absl::string_view what) const {
  return absl::DataLossError(absl::StrCat("the result stream is torn: record ", records_,
                                          " at byte ", offset_, ": ", what));
}

bool StreamReader::Take(size_t* at) {
  const char* start = buffer_.data() + *at;
  const size_t size = buffer_.size() - *at;
  probe::RecordHeader header;
  if (size < sizeof header) return false;
  std::memcpy(&header, start, sizeof header);
  // Everything that can be said about the header is said before its sizes are believed.
  if (complete_) {
    status_ = Torn("there is more after the end");
  } else if (header.magic != probe::kRecordMagic) {
    status_ = Torn(absl::StrCat("magic is ", absl::Hex(header.magic)));
  } else if (header.sequence != records_) {
    status_ = Torn(absl::StrCat("sequence number is ", header.sequence));
  } else if (header.type < static_cast<uint16_t>(probe::RecordType::kHello) ||
             header.type > static_cast<uint16_t>(probe::kLastRecordType)) {
    status_ = Torn(absl::StrCat("unknown type ", header.type));
  } else if (header.name_size > probe::kMaxNameSize ||
             header.payload_size > probe::kMaxPayloadSize) {
    status_ = Torn(absl::StrCat("impossible size ", header.name_size, "+", header.payload_size));
  }
  if (!status_.ok()) return false;

  const size_t body = sizeof header + header.name_size + header.payload_size;
  uint32_t crc;
  if (size < body + sizeof crc) return false;
  std::memcpy(&crc, start + body, sizeof crc);
  if (crc32_z(0, reinterpret_cast<const Bytef*>(start), body) != crc) {
    status_ = Torn("wrong checksum");
    return false;
  }
  Record record = {
      static_cast<probe::RecordType>(header.type),
      absl::string_view(start + sizeof header, header.name_size),
      absl::string_view(start + sizeof header + header.name_size, header.payload_size)};
  ++records_;
  complete_ = record.type == probe::RecordType::kEnd;
  sink_(record);
  *at += body + sizeof crc;
  offset_ += body + sizeof crc;
  return true;
}

absl::Status StreamReader::Feed(absl::string_view bytes) {
  if (!status_.ok()) return status_;
  buffer_.append(bytes.data(), bytes.size());
  size_t at = 0;
  while (Take(&at)) {
  }
  buffer_.erase(0, at);
  if (!status_.ok()) std::string().swap(buffer_);
  return status_;
}

}  // namespace roxlab
