// SPDX-License-Identifier: Apache-2.0
//
// What tells how long work takes, and how much waits.
#include "db/builds.h"
#include "db/query.h"
#include "db/runs.h"

namespace roxlab {
namespace {

// The newest of a kind say most, and a median needs no more.
#define ROXLAB_SAMPLE "ORDER BY seq DESC LIMIT 51"

std::vector<double> Seconds(Query&& query) {
  std::vector<double> seconds;
  while (query.Next()) seconds.push_back(query.Real(0));
  return seconds;
}

}  // namespace

absl::StatusOr<std::vector<double>> BuildTable::RecentSeconds(absl::string_view base) {
  return Try("builds", [&] {
    return Seconds(
        Query(connection_,
              "SELECT (finished_ms - started_ms) / 1000.0 FROM builds WHERE state = 3 "
              "AND verdict = 1 AND started_ms > 0 AND (?1 = '' OR base = ?1) " ROXLAB_SAMPLE,
              base));
  });
}

absl::StatusOr<std::map<std::string, uint32_t>> BuildTable::UnfinishedByBase() {
  return Try("builds", [&] {
    Query query(connection_, "SELECT base, count(*) FROM builds WHERE state < 3 GROUP BY base");
    std::map<std::string, uint32_t> counts;
    while (query.Next()) counts[query.Text(0)] = static_cast<uint32_t>(query.Int(1));
    return counts;
  });
}

absl::StatusOr<std::vector<double>> RunTable::RecentSeconds(absl::string_view machine,
                                                            absl::string_view workload) {
  return Try("runs", [&] {
    if (machine.empty() && workload.empty())
      return Seconds(Query(connection_,
                           "SELECT (finished_ms - started_ms) / 1000.0 FROM runs WHERE state = 3 "
                           "AND verdict = 1 AND started_ms > 0 " ROXLAB_SAMPLE));
    // What the name meant last. Among that machine's newest, so that a workload that it never had
    // costs no look at all others.
    return Seconds(
        Query(connection_,
              "SELECT (r.finished_ms - r.started_ms) / 1000.0 FROM (SELECT seq FROM runs "
              "WHERE state = 3 AND verdict = 1 AND machine = (SELECT max(seq) FROM definitions "
              "WHERE kind = 'machine' AND name = ?) ORDER BY seq DESC LIMIT 2000) n "
              "JOIN runs r ON r.seq = n.seq WHERE r.started_ms > 0 AND r.workload IN "
              "(SELECT seq FROM definitions WHERE kind = 'workload' AND name = ?) "
              "ORDER BY r.seq DESC LIMIT 51",
              machine, workload));
  });
}

absl::StatusOr<std::vector<UnfinishedRuns>> RunTable::UnfinishedByPlace() {
  return Try("runs", [&] {
    Query query(connection_,
                "SELECT m.name, w.name, m.needs, count(*) FROM runs r "
                "JOIN definitions m ON m.seq = r.machine JOIN definitions w ON w.seq = r.workload "
                "WHERE r.state < 3 GROUP BY m.name, w.name, m.needs");
    std::vector<UnfinishedRuns> groups;
    while (query.Next())
      groups.push_back(
          {query.Text(0), query.Text(1), query.Text(2), static_cast<uint32_t>(query.Int(3))});
    return groups;
  });
}

}  // namespace roxlab
