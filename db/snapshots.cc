// SPDX-License-Identifier: Apache-2.0
#include "db/snapshots.h"

#include "common/status_macros.h"
#include "db/artifacts.h"
#include "db/query.h"

namespace roxlab {

absl::StatusOr<int64_t> SnapshotTable::InternName(const v1::Metric& metric) {
  return Try("metric names", [&]() -> int64_t {
    Query known(connection_, "SELECT seq FROM metric_names WHERE name = ? AND unit = ?",
                metric.name(), metric.unit());
    if (known.Next()) return known.Int(0);
    return Query(connection_, "INSERT INTO metric_names (name, unit) VALUES (?, ?)", metric.name(),
                 metric.unit())
        .Insert();
  });
}

absl::Status SnapshotTable::Set(int64_t run, const SnapshotList& snapshots, int64_t now_ms) {
  return Try("snapshots", [&]() -> absl::Status {
    Query(connection_, "DELETE FROM snapshots WHERE run = ?", run).Run();
    for (int i = 0; i < snapshots.size(); ++i) {
      const v1::Snapshot& snapshot = snapshots[i];
      const int64_t seq =
          Query(connection_,
                "INSERT INTO snapshots (run, ordinal, phase, collector, raw_name) "
                "VALUES (?, ?, ?, ?, ?)",
                run, i, snapshot.phase(), snapshot.collector(), snapshot.raw().name())
              .Insert();
      if (!snapshot.raw().sha256().empty()) {
        ROXLAB_ASSIGN_OR_RETURN(int64_t raw,
                                ArtifactTable(connection_).Intern(snapshot.raw(), now_ms));
        Query(connection_, "UPDATE snapshots SET raw = ? WHERE seq = ?", raw, seq).Run();
      }
      for (const v1::Metric& metric : snapshot.metrics()) {
        ROXLAB_ASSIGN_OR_RETURN(int64_t name, InternName(metric));
        Query(connection_,
              "INSERT OR REPLACE INTO metrics (snapshot, name, value) VALUES (?, ?, ?)", seq, name,
              metric.value())
            .Run();
      }
    }
    return absl::OkStatus();
  });
}

absl::StatusOr<SnapshotList> SnapshotTable::Of(int64_t run) {
  return Try("snapshots", [&] {
    SnapshotList list;
    Query query(connection_,
                "SELECT s.seq, s.phase, s.collector, s.raw_name, a.sha256, a.size FROM snapshots s "
                "LEFT JOIN artifacts a ON a.seq = s.raw WHERE s.run = ? ORDER BY s.ordinal",
                run);
    while (query.Next()) {
      v1::Snapshot* snapshot = list.Add();
      snapshot->set_phase(query.Text(1));
      snapshot->set_collector(query.Text(2));
      if (!query.IsNull(4)) {
        snapshot->mutable_raw()->set_name(query.Text(3));
        snapshot->mutable_raw()->set_sha256(query.Text(4));
        snapshot->mutable_raw()->set_size(static_cast<uint64_t>(query.Int(5)));
      }
      Query metrics(connection_,
                    "SELECT n.name, m.value, n.unit FROM metrics m JOIN metric_names n "
                    "ON n.seq = m.name WHERE m.snapshot = ? ORDER BY n.name",
                    query.Int(0));
      while (metrics.Next()) {
        v1::Metric* metric = snapshot->add_metrics();
        metric->set_name(metrics.Text(0));
        metric->set_value(metrics.Real(1));
        metric->set_unit(metrics.Text(2));
      }
    }
    return list;
  });
}

}  // namespace roxlab
