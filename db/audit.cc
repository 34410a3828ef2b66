// SPDX-License-Identifier: Apache-2.0
#include "db/audit.h"

#include <limits>

#include "db/query.h"

namespace roxlab {

absl::Status AuditTable::Add(const v1::AuditEntry& entry) {
  return Try("audit", [&] {
    Query(connection_,
          "INSERT INTO audit (at_ms, name, role, peer, method, subject, error) "
          "VALUES (?, ?, ?, ?, ?, ?, ?)",
          entry.at_ms(), entry.caller().name(), entry.caller().role(), entry.peer(), entry.method(),
          entry.subject(), entry.error())
        .Insert();
  });
}

absl::StatusOr<std::vector<std::pair<int64_t, v1::AuditEntry>>> AuditTable::Page(
    const PageRange& range) {
  return Try("audit", [&] {
    const int64_t before = range.after == 0 ? std::numeric_limits<int64_t>::max() : range.after;
    Query query(connection_,
                "SELECT seq, at_ms, name, role, peer, method, subject, error FROM audit "
                "WHERE seq < ? ORDER BY seq DESC LIMIT ?",
                before, range.limit);
    std::vector<std::pair<int64_t, v1::AuditEntry>> page;
    while (query.Next()) {
      v1::AuditEntry& entry = page.emplace_back(query.Int(0), v1::AuditEntry()).second;
      entry.set_at_ms(query.Int(1));
      entry.mutable_caller()->set_name(query.Text(2));
      entry.mutable_caller()->set_role(static_cast<v1::Role>(query.Int(3)));
      entry.set_peer(query.Text(4));
      entry.set_method(query.Text(5));
      entry.set_subject(query.Text(6));
      entry.set_error(query.Text(7));
    }
    return page;
  });
}

}  // namespace roxlab
