// SPDX-License-Identifier: Apache-2.0
//
// Lists of runs and builds. A list is put together from the newest of each state and verdict, since
// for these an index has the keys in order.
#include <algorithm>
#include <functional>

#include "common/status_macros.h"
#include "db/builds.h"
#include "db/query.h"
#include "db/runs.h"

namespace roxlab {
namespace {

// Every statement takes the same parameters. What an index leads with is a plain comparison; what
// no index of it has is looked at only when it is asked for.
#define ROXLAB_RUN_SQL(filters)                                                    \
  {                                                                                \
    "SELECT seq FROM runs WHERE state = ?1 AND verdict = ?2 AND " filters          \
    " AND seq < ?7 ORDER BY seq DESC LIMIT ?8",                                    \
        "SELECT count(*) FROM runs WHERE state = ?1 AND verdict = ?2 AND " filters \
  }
#define ROXLAB_ANY_PLACE "(?5 = '' OR runner = ?5) AND (?6 = 0 OR machine = ?6)"

struct ListSql {
  const char* page;
  const char* count;
};

// By what leaves fewest.
const ListSql& SqlFor(const RunFilter& filter) {
  static constexpr ListSql kOfExperiment =
      ROXLAB_RUN_SQL("experiment = ?3 AND (?4 = 0 OR build = ?4) AND " ROXLAB_ANY_PLACE);
  static constexpr ListSql kOfBuild = ROXLAB_RUN_SQL("?3 = 0 AND build = ?4 AND " ROXLAB_ANY_PLACE);
  static constexpr ListSql kOfPlace =
      ROXLAB_RUN_SQL("?3 = 0 AND ?4 = 0 AND runner = ?5 AND machine = ?6");
  static constexpr ListSql kOfRunner =
      ROXLAB_RUN_SQL("?3 = 0 AND ?4 = 0 AND runner = ?5 AND ?6 = 0");
  static constexpr ListSql kOfMachine =
      ROXLAB_RUN_SQL("?3 = 0 AND ?4 = 0 AND ?5 = '' AND machine = ?6");
  static constexpr ListSql kOfAll = ROXLAB_RUN_SQL("?3 = 0 AND ?4 = 0 AND ?5 = '' AND ?6 = 0");
  if (filter.experiment != 0) return kOfExperiment;
  if (filter.build != 0) return kOfBuild;
  if (filter.runner.empty()) return filter.machine.empty() ? kOfAll : kOfMachine;
  return filter.machine.empty() ? kOfRunner : kOfPlace;
}

#define ROXLAB_BUILD_SQL(filter)                                                    \
  {                                                                                 \
    "SELECT seq FROM builds WHERE state = ?1 AND verdict = ?2 AND " filter          \
    " AND seq < ?4 ORDER BY seq DESC LIMIT ?5",                                     \
        "SELECT count(*) FROM builds WHERE state = ?1 AND verdict = ?2 AND " filter \
  }

const ListSql& SqlFor(const BuildFilter& filter) {
  static constexpr ListSql kOfRunner = ROXLAB_BUILD_SQL("runner = ?3");
  static constexpr ListSql kOfAll = ROXLAB_BUILD_SQL("?3 = ''");
  return filter.runner.empty() ? kOfAll : kOfRunner;
}

// A machine's name has a key for everything that it has meant; {0} without a name.
std::vector<int64_t> MachinesCalled(Connection& connection, const std::string& name) {
  if (name.empty()) return {0};
  Query query(connection, "SELECT seq FROM definitions WHERE kind = 'machine' AND name = ?", name);
  std::vector<int64_t> keys;
  while (query.Next()) keys.push_back(query.Int(0));
  return keys;
}

void AddKeys(Query&& query, std::vector<int64_t>* keys) {
  while (query.Next()) keys->push_back(query.Int(0));
}
uint32_t CountOf(Query&& query) {
  query.Next();
  return static_cast<uint32_t>(query.Int(0));
}

std::vector<int64_t> Newest(std::vector<int64_t> keys, int limit) {
  std::sort(keys.begin(), keys.end(), std::greater<>());
  keys.resize(std::min(keys.size(), static_cast<size_t>(limit)));
  return keys;
}

int64_t Below(const PageRange& range) { return range.after == 0 ? INT64_MAX : range.after; }

}  // namespace

absl::StatusOr<std::vector<int64_t>> RunTable::Page(const RunFilter& filter,
                                                    const PageRange& range) {
  return Try("runs", [&] {
    const ListSql& sql = SqlFor(filter);
    std::vector<int64_t> keys;
    for (int64_t machine : MachinesCalled(connection_, filter.machine))
      for (const Standing& standing : filter.standings)
        AddKeys(Query(connection_, sql.page, standing.state, standing.verdict, filter.experiment,
                      filter.build, filter.runner, machine, Below(range), range.limit),
                &keys);
    return Newest(std::move(keys), range.limit);
  });
}

absl::StatusOr<uint32_t> RunTable::Count(const RunFilter& filter) {
  return Try("runs", [&] {
    const ListSql& sql = SqlFor(filter);
    uint32_t count = 0;
    for (int64_t machine : MachinesCalled(connection_, filter.machine))
      for (const Standing& standing : filter.standings)
        count += CountOf(Query(connection_, sql.count, standing.state, standing.verdict,
                               filter.experiment, filter.build, filter.runner, machine));
    return count;
  });
}

absl::StatusOr<std::vector<int64_t>> BuildTable::Page(const BuildFilter& filter,
                                                      const PageRange& range) {
  return Try("builds", [&] {
    const ListSql& sql = SqlFor(filter);
    std::vector<int64_t> keys;
    for (const Standing& standing : filter.standings)
      AddKeys(Query(connection_, sql.page, standing.state, standing.verdict, filter.runner,
                    Below(range), range.limit),
              &keys);
    return Newest(std::move(keys), range.limit);
  });
}

absl::StatusOr<uint32_t> BuildTable::Count(const BuildFilter& filter) {
  return Try("builds", [&] {
    const ListSql& sql = SqlFor(filter);
    uint32_t count = 0;
    for (const Standing& standing : filter.standings)
      count +=
          CountOf(Query(connection_, sql.count, standing.state, standing.verdict, filter.runner));
    return count;
  });
}

}  // namespace roxlab
