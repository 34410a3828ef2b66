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

absl::StatusOr<std::vector<VariantBase>> VariantTable::OfExperiment(int64_t experiment) {
  return Try("variants", [&] {
    Query query(connection_,
                "SELECT v.name, b.base FROM variants v JOIN builds b ON b.seq = v.build "
                "WHERE v.experiment = ? ORDER BY v.seq",
                experiment);
    std::vector<VariantBase> variants;
    while (query.Next()) variants.push_back({query.Text(0), query.Text(1)});
    return variants;
  });
}

}  // namespace roxlab
