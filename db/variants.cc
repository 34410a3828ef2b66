// SPDX-License-Identifier: Apache-2.0
#include "db/variants.h"

#include "db/query.h"

namespace roxlab {

absl::StatusOr<int64_t> VariantTable::Insert(int64_t experiment, absl::string_view name,
                                             int64_t build, absl::string_view cmdline) {
  return Try("variants", [&] {
    return Query(connection_,
                 "INSERT INTO variants (experiment, name, build, cmdline) VALUES (?, ?, ?, ?)",
                 experiment, name, build, cmdline)
        .Insert();
  });
}

}  // namespace roxlab
