// SPDX-License-Identifier: Apache-2.0
#include "db/runners.h"

#include "db/query.h"

namespace roxlab {
namespace {

#define ROXLAB_RUNNER_COLUMNS \
  "SELECT name, state, reason, since_ms, errors, check_number, check_ms FROM runners "

RunnerStanding Row(Query& query) {
  RunnerStanding standing;
  standing.state = static_cast<v1::RunnerState>(query.Int(1));
  standing.reason = query.Text(2);
  standing.since_ms = query.Int(3);
  standing.errors = query.Int(4);
  standing.check = query.Int(5);
  standing.check_ms = query.Int(6);
  return standing;
}

}  // namespace

absl::StatusOr<std::map<std::string, RunnerStanding>> RunnerStandings::All() {
  return Try("runners", [&] {
    Query query(connection_, ROXLAB_RUNNER_COLUMNS);
    std::map<std::string, RunnerStanding> all;
    while (query.Next()) all.emplace(query.Text(0), Row(query));
    return all;
  });
}

absl::StatusOr<RunnerStanding> RunnerStandings::Of(absl::string_view name) {
  return Try("runners", [&] {
    Query query(connection_, ROXLAB_RUNNER_COLUMNS "WHERE name = ?", name);
    return query.Next() ? Row(query) : RunnerStanding();
  });
}

absl::Status RunnerStandings::Put(absl::string_view name, const RunnerStanding& standing) {
  return Try("runners", [&] {
    Query(connection_,
          "INSERT OR REPLACE INTO runners (name, state, reason, since_ms, errors, "
          "check_number, check_ms) VALUES (?, ?, ?, ?, ?, ?, ?)",
          name, standing.state, standing.reason, standing.since_ms, standing.errors, standing.check,
          standing.check_ms)
        .Run();
  });
}

}  // namespace roxlab
