// SPDX-License-Identifier: Apache-2.0
#include "runner/collect/ptdump_collector.h"

#include <string>

#include "pagetable/census.h"
#include "pagetable/ptdump.h"

namespace roxlab {

absl::StatusOr<v1::Snapshot> CountPtdump(absl::string_view text) {
  absl::StatusOr<pagetable::Dump> dump = pagetable::ParsePtdump(text);
  if (!dump.ok()) return dump.status();
  v1::Snapshot snapshot;
  for (const pagetable::Measure& measure : pagetable::Measures(pagetable::TakeCensus(*dump))) {
    v1::Metric& metric = *snapshot.add_metrics();
    metric.set_name(measure.name);
    metric.set_value(static_cast<double>(measure.value));
    metric.set_unit(std::string(measure.unit));
  }
  return snapshot;
}

}  // namespace roxlab
