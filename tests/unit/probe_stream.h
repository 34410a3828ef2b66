// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_TESTS_UNIT_PROBE_STREAM_H_
#define ROXLAB_TESTS_UNIT_PROBE_STREAM_H_

#include <zlib.h>

#include <string>

#include "absl/strings/string_view.h"
#include "runner/probe/stream_format.h"

namespace roxlab {

// Writes result streams as the probe does.
class ProbeStream {
 public:
  ProbeStream& Add(probe::RecordType type, absl::string_view name = "",
                   absl::string_view payload = "") {
    probe::RecordHeader header = {probe::kRecordMagic, static_cast<uint16_t>(type),
                                  static_cast<uint16_t>(name.size()),
                                  static_cast<uint32_t>(payload.size()), sequence_++};
    std::string record(reinterpret_cast<const char*>(&header), sizeof header);
    record.append(name.data(), name.size()).append(payload.data(), payload.size());
    uint32_t crc = static_cast<uint32_t>(
        crc32_z(0, reinterpret_cast<const Bytef*>(record.data()), record.size()));
    bytes += record.append(reinterpret_cast<const char*>(&crc), sizeof crc);
    return *this;
  }
  ProbeStream& Phase(absl::string_view name, absl::string_view tables,
                     absl::string_view modules = "") {
    return Add(probe::RecordType::kPhase, name)
        .Add(probe::RecordType::kPageTables, name, tables)
        .Add(probe::RecordType::kModuleList, name, modules);
  }

  std::string bytes;

 private:
  uint32_t sequence_ = 0;
};

}  // namespace roxlab

#endif  // ROXLAB_TESTS_UNIT_PROBE_STREAM_H_
