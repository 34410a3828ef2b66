// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_DB_BASES_H_
#define ROXLAB_DB_BASES_H_

#include <cstdint>
#include <map>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace roxlab {

class Connection;

// A base's tree as the lab has pinned it.
struct PinnedBase {
  std::string tree;    // Git tree id.
  std::string runner;  // Whose import pinned it.
};

class BaseTable {
 public:
  explicit BaseTable(Connection& connection) : connection_(connection) {}

  // Pins `name` to `tree` unless it is pinned already; the pin that holds afterwards.
  absl::StatusOr<PinnedBase> Pin(absl::string_view name, absl::string_view tree,
                                 absl::string_view runner, int64_t now_ms);
  // All pins, by name.
  absl::StatusOr<std::map<std::string, PinnedBase>> All();

 private:
  Connection& connection_;
};

}  // namespace roxlab

#endif  // ROXLAB_DB_BASES_H_
