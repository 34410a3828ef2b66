// SPDX-License-Identifier: Apache-2.0
#include "db/artifacts.h"

#include "common/status_macros.h"
#include "db/query.h"

namespace roxlab {

absl::StatusOr<int64_t> ArtifactTable::Intern(const v1::Artifact& artifact, int64_t now_ms) {
  return Try("artifacts", [&]() -> int64_t {
    Query known(connection_, "SELECT seq FROM artifacts WHERE sha256 = ?", artifact.sha256());
    if (known.Next()) return known.Int(0);
    return Query(connection_, "INSERT INTO artifacts (sha256, size, created_ms) VALUES (?, ?, ?)",
                 artifact.sha256(), artifact.size(), now_ms)
        .Insert();
  });
}

absl::Status ArtifactTable::SetOutputs(Owner owner, int64_t seq, const ArtifactList& artifacts,
                                       int64_t now_ms) {
  const bool build = owner == Owner::kBuild;
  return Try("outputs", [&]() -> absl::Status {
    Query(connection_,
          build ? "DELETE FROM build_artifacts WHERE build = ?"
                : "DELETE FROM run_artifacts WHERE run = ?",
          seq)
        .Run();
    for (int i = 0; i < artifacts.size(); ++i) {
      ROXLAB_ASSIGN_OR_RETURN(int64_t artifact, Intern(artifacts[i], now_ms));
      Query(connection_,
            build ? "INSERT INTO build_artifacts (build, ordinal, name, artifact) "
                    "VALUES (?, ?, ?, ?)"
                  : "INSERT INTO run_artifacts (run, ordinal, name, artifact) VALUES (?, ?, ?, ?)",
            seq, i, artifacts[i].name(), artifact)
          .Run();
    }
    return absl::OkStatus();
  });
}

absl::StatusOr<ArtifactList> ArtifactTable::Outputs(Owner owner, int64_t seq) {
  return Try("outputs", [&] {
    Query query(connection_,
                owner == Owner::kBuild
                    ? "SELECT o.name, a.sha256, a.size FROM build_artifacts o "
                      "JOIN artifacts a ON a.seq = o.artifact WHERE o.build = ? ORDER BY o.ordinal"
                    : "SELECT o.name, a.sha256, a.size FROM run_artifacts o "
                      "JOIN artifacts a ON a.seq = o.artifact WHERE o.run = ? ORDER BY o.ordinal",
                seq);
    ArtifactList list;
    while (query.Next()) {
      v1::Artifact* artifact = list.Add();
      artifact->set_name(query.Text(0));
      artifact->set_sha256(query.Text(1));
      artifact->set_size(static_cast<uint64_t>(query.Int(2)));
    }
    return list;
  });
}

}  // namespace roxlab
