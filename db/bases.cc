// SPDX-License-Identifier: Apache-2.0
#include "db/bases.h"

#include "db/query.h"

namespace roxlab {

absl::StatusOr<PinnedBase> BaseTable::Pin(absl::string_view name, absl::string_view tree,
                                          absl::string_view runner, int64_t now_ms) {
  return Try("bases", [&] {
    Query(connection_,
          "INSERT OR IGNORE INTO bases (name, tree, runner, pinned_ms) "
          "VALUES (?, ?, ?, ?)",
          name, tree, runner, now_ms)
        .Run();
    Query pin(connection_, "SELECT tree, runner FROM bases WHERE name = ?", name);
    pin.Next();
    return PinnedBase{pin.Text(0), pin.Text(1)};
  });
}

absl::StatusOr<std::map<std::string, PinnedBase>> BaseTable::All() {
  return Try("bases", [&] {
    Query query(connection_, "SELECT name, tree, runner FROM bases");
    std::map<std::string, PinnedBase> all;
    while (query.Next()) all[query.Text(0)] = {query.Text(1), query.Text(2)};
    return all;
  });
}

}  // namespace roxlab
