// SPDX-License-Identifier: Apache-2.0
//
// Lists of experiments; experiments.cc reads single ones.
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "db/experiments.h"
#include "db/query.h"

namespace roxlab {
namespace {

// The index has all these columns; in the table the specs lie between them.
#define ROXLAB_EXPERIMENT_FILTER                                               \
  "INDEXED BY experiments_listed WHERE (?1 = 0 OR (?1 >> state) & 1) AND "     \
  "(?2 = 0 OR (?2 >> verdict) & 1) AND (?3 = '' OR id LIKE ?3 ESCAPE '\\' OR " \
  "name LIKE ?4 ESCAPE '\\' OR title LIKE ?4 ESCAPE '\\' OR "                  \
  "submitter LIKE ?4 ESCAPE '\\') "

const char* PageSql(ExperimentOrder order) {
  switch (order) {
    case ExperimentOrder::kOldest:
      return "SELECT seq FROM experiments " ROXLAB_EXPERIMENT_FILTER
             "AND seq > ?5 ORDER BY seq LIMIT ?6";
    case ExperimentOrder::kName:
      return "SELECT seq FROM experiments " ROXLAB_EXPERIMENT_FILTER
             "AND (?5 = 0 OR (name COLLATE NOCASE, -seq) > "
             "(SELECT name, -seq FROM experiments WHERE seq = ?5)) "
             "ORDER BY name COLLATE NOCASE, seq DESC LIMIT ?6";
    case ExperimentOrder::kNewest:
      break;
  }
  return "SELECT seq FROM experiments " ROXLAB_EXPERIMENT_FILTER
         "AND (?5 = 0 OR seq < ?5) ORDER BY seq DESC LIMIT ?6";
}

// A filter's text as patterns of LIKE.
struct Patterns {
  explicit Patterns(const std::string& search) {
    if (search.empty()) return;
    const std::string text =
        absl::StrReplaceAll(search, {{"\\", "\\\\"}, {"%", "\\%"}, {"_", "\\_"}});
    begins = absl::StrCat(text, "%");
    contains = absl::StrCat("%", text, "%");
  }
  std::string begins, contains;
};

}  // namespace

absl::StatusOr<std::vector<int64_t>> ExperimentTable::Page(const ExperimentFilter& filter,
                                                           ExperimentOrder order,
                                                           const PageRange& range) {
  return Try("experiments", [&] {
    const Patterns patterns(filter.search);
    Query query(connection_, PageSql(order), filter.states, filter.verdicts, patterns.begins,
                patterns.contains, range.after, range.limit);
    std::vector<int64_t> keys;
    while (query.Next()) keys.push_back(query.Int(0));
    return keys;
  });
}

absl::StatusOr<uint32_t> ExperimentTable::Count(const ExperimentFilter& filter) {
  return Try("experiments", [&] {
    const Patterns patterns(filter.search);
    Query query(connection_, "SELECT count(*) FROM experiments " ROXLAB_EXPERIMENT_FILTER,
                filter.states, filter.verdicts, patterns.begins, patterns.contains);
    query.Next();
    return static_cast<uint32_t>(query.Int(0));
  });
}

}  // namespace roxlab
