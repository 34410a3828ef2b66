// SPDX-License-Identifier: Apache-2.0
#include "server/lab/audit.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "common/printable.h"
#include "common/status_macros.h"
#include "db/audit.h"
#include "server/lab/lab.h"
#include "server/lab/page_range.h"

namespace roxlab {
namespace {

constexpr size_t kMaxText = 300;  // Bytes of a subject or an error.

}  // namespace

void WriteAudit(Lab& lab, v1::AuditEntry entry, const absl::Status& outcome) {
  entry.set_at_ms(lab.clock().NowMs());
  entry.set_subject(Printable(entry.subject(), kMaxText));
  entry.set_error(Printable(outcome.message(), kMaxText));
  const absl::Status written =
      lab.db().Write([&](Connection& connection) { return AuditTable(connection).Add(entry); });
  if (!written.ok()) {
    spdlog::error("not in the audit log ({}): {}", std::string(written.message()),
                  entry.ShortDebugString());
  }
}

absl::StatusOr<v1::ListAuditResponse> ListAudit(Lab& lab, const v1::ListAuditRequest& request) {
  ROXLAB_ASSIGN_OR_RETURN(const PageRange range, RangeOf(request));
  v1::ListAuditResponse response;
  ROXLAB_RETURN_IF_ERROR(lab.db().Read([&](Connection& connection) -> absl::Status {
    ROXLAB_ASSIGN_OR_RETURN(auto entries, AuditTable(connection).Page(range));
    std::vector<int64_t> keys;
    keys.reserve(entries.size());
    for (const auto& [key, entry] : entries) keys.push_back(key);
    EndPage(request, range, &keys, &response);
    for (size_t i = 0; i < keys.size(); ++i) *response.add_entries() = std::move(entries[i].second);
    return absl::OkStatus();
  }));
  return response;
}

}  // namespace roxlab
