// SPDX-License-Identifier: Apache-2.0
#include "db/definitions.h"

#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/str_join.h"
#include "common/hash.h"
#include "common/names.h"
#include "db/query.h"

namespace roxlab {
namespace {

absl::StatusOr<int64_t> InternSpec(Connection& connection, const char* kind,
                                   const std::string& name, const std::string& spec,
                                   const std::string& needs) {
  return Try("definitions", [&]() -> int64_t {
    const std::string hash = Sha256Hex(spec);
    Query known(connection, "SELECT seq FROM definitions WHERE kind = ? AND sha256 = ?",
                absl::string_view(kind), hash);
    if (known.Next()) return known.Int(0);
    return Query(connection,
                 "INSERT INTO definitions (kind, name, spec, needs, sha256) "
                 "VALUES (?, ?, ?, ?, ?)",
                 absl::string_view(kind), name, Blob{spec}, needs, hash)
        .Insert();
  });
}

}  // namespace

absl::StatusOr<int64_t> DefinitionTable::Intern(const v1::Machine& machine) {
  // A board is itself, whatever its tags say.
  std::vector<std::string> tags(machine.tags().begin(), machine.tags().end());
  std::sort(tags.begin(), tags.end());
  return InternSpec(connection_, "machine", machine.name(), machine.SerializeAsString(),
                    machine.has_board() ? BoardTag(machine.name()) : absl::StrJoin(tags, ","));
}

absl::StatusOr<int64_t> DefinitionTable::Intern(const v1::Workload& workload) {
  return InternSpec(connection_, "workload", workload.name(), workload.SerializeAsString(), "");
}

}  // namespace roxlab
