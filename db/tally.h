// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_DB_TALLY_H_
#define ROXLAB_DB_TALLY_H_

#include "db/query.h"
#include "roxlab/v1/record.pb.h"

namespace roxlab {

// Sums the rows (state, verdict, count) of a query. Inside db/ only; throws SQLite::Exception.
inline v1::Tally ReadTally(Query& query) {
  v1::Tally tally;
  while (query.Next()) {
    const auto count = static_cast<uint32_t>(query.Int(2));
    tally.set_total(tally.total() + count);
    if (query.Int(0) == v1::QUEUED) {
      tally.set_queued(tally.queued() + count);
    } else if (query.Int(0) == v1::RUNNING) {
      tally.set_running(tally.running() + count);
    } else if (query.Int(1) == v1::PASS) {
      tally.set_passed(tally.passed() + count);
    } else if (query.Int(1) == v1::FAIL) {
      tally.set_failed(tally.failed() + count);
    } else if (query.Int(1) == v1::ERROR) {
      tally.set_errors(tally.errors() + count);
    } else {
      tally.set_cancelled(tally.cancelled() + count);
    }
  }
  return tally;
}

}  // namespace roxlab

#endif  // ROXLAB_DB_TALLY_H_
