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

// What a run takes of its runner's memory: the guest's, and QEMU's own for translated code.
uint32_t HostMemoryMib(const v1::Machine& machine) {
  constexpr uint32_t kGuest = 1024, kQemu = 512;
  if (!machine.has_qemu()) return 0;
  return kQemu + (machine.qemu().memory_mib() == 0 ? kGuest : machine.qemu().memory_mib());
}

absl::StatusOr<int64_t> InternSpec(Connection& connection, const char* kind,
                                   const std::string& name, const std::string& spec,
                                   const std::string& needs, uint32_t memory_mib) {
  return Try("definitions", [&]() -> int64_t {
    const std::string hash = Sha256Hex(spec);
    Query known(connection, "SELECT seq FROM definitions WHERE kind = ? AND sha256 = ?",
                absl::string_view(kind), hash);
    if (known.Next()) return known.Int(0);
    return Query(connection,
                 "INSERT INTO definitions (kind, name, spec, needs, sha256, memory_mib) "
                 "VALUES (?, ?, ?, ?, ?, ?)",
                 absl::string_view(kind), name, Blob{spec}, needs, hash, memory_mib)
        .Insert();
  });
}

}  // namespace

absl::StatusOr<int64_t> DefinitionTable::Intern(const v1::Machine& machine) {
  // A board is itself, whatever its tags say.
  std::vector<std::string> tags(machine.tags().begin(), machine.tags().end());
  std::sort(tags.begin(), tags.end());
  return InternSpec(connection_, "machine", machine.name(), machine.SerializeAsString(),
                    machine.has_board() ? BoardTag(machine.name()) : absl::StrJoin(tags, ","),
                    HostMemoryMib(machine));
}

absl::StatusOr<int64_t> DefinitionTable::Intern(const v1::Workload& workload) {
  return InternSpec(connection_, "workload", workload.name(), workload.SerializeAsString(), "", 0);
}

absl::StatusOr<Definitions> DefinitionTable::OfExperiment(int64_t experiment) {
  return Try("definitions", [&]() -> absl::StatusOr<Definitions> {
    Query query(connection_,
                "SELECT kind = 'machine', spec FROM definitions WHERE seq IN "
                "(SELECT machine FROM runs WHERE experiment = ?1 UNION "
                "SELECT workload FROM runs WHERE experiment = ?1)",
                experiment);
    Definitions found;
    while (query.Next()) {
      const bool read = query.Int(0) != 0
                            ? found.machines.emplace_back().ParseFromString(query.Text(1))
                            : found.workloads.emplace_back().ParseFromString(query.Text(1));
      if (!read) return absl::DataLossError("definitions: one that cannot be read");
    }
    return found;
  });
}

}  // namespace roxlab
