// SPDX-License-Identifier: Apache-2.0
//
// What changes about builds; builds.cc reads them.
#include "common/status_macros.h"
#include "db/artifacts.h"
#include "db/builds.h"
#include "db/query.h"

namespace roxlab {
namespace {

void InsertInputs(Connection& connection, int64_t build, absl::string_view kind,
                  const std::vector<v1::Artifact>& inputs, const std::vector<int64_t>& artifacts) {
  for (size_t i = 0; i < inputs.size(); ++i) {
    Query(connection,
          "INSERT INTO build_inputs (build, kind, ordinal, name, artifact) VALUES (?, ?, ?, ?, ?)",
          build, kind, i, inputs[i].name(), artifacts[i])
        .Run();
  }
}

}  // namespace

absl::StatusOr<int64_t> BuildTable::Insert(absl::string_view id, const BuildInputs& inputs,
                                           int64_t now_ms) {
  ArtifactTable artifacts(connection_);
  auto intern = [&](const std::vector<v1::Artifact>& list) -> absl::StatusOr<std::vector<int64_t>> {
    std::vector<int64_t> keys;
    for (const v1::Artifact& artifact : list) {
      ROXLAB_ASSIGN_OR_RETURN(int64_t key, artifacts.Intern(artifact, now_ms));
      keys.push_back(key);
    }
    return keys;
  };
  ROXLAB_ASSIGN_OR_RETURN(std::vector<int64_t> patches, intern(inputs.patches));
  ROXLAB_ASSIGN_OR_RETURN(std::vector<int64_t> configs, intern(inputs.configs));
  return Try("builds", [&] {
    const std::string base = inputs.base.SerializeAsString();
    const int64_t seq =
        Query(connection_,
              "INSERT INTO builds (id, base, base_spec, toolchain, state, created_ms) "
              "VALUES (?, ?, ?, ?, ?, ?)",
              id, inputs.base.name(), Blob{base}, inputs.toolchain, v1::QUEUED, now_ms)
            .Insert();
    InsertInputs(connection_, seq, "patch", inputs.patches, patches);
    InsertInputs(connection_, seq, "config", inputs.configs, configs);
    return seq;
  });
}

absl::Status BuildTable::Reset(int64_t seq, int64_t now_ms) {
  return Try("builds", [&] {
    Query(connection_,
          "UPDATE builds SET state = ?, verdict = 0, failure_kind = '', failure_summary = '', "
          "failure_excerpt = '', runner = '', created_ms = ?, started_ms = 0, finished_ms = 0 "
          "WHERE seq = ?",
          v1::QUEUED, now_ms, seq)
        .Run();
    Query(connection_, "DELETE FROM build_artifacts WHERE build = ?", seq).Run();
  });
}

absl::Status BuildTable::MarkStarted(int64_t seq, absl::string_view runner, int64_t now_ms) {
  return Try("builds", [&] {
    Query(connection_, "UPDATE builds SET state = ?, runner = ?, started_ms = ? WHERE seq = ?",
          v1::RUNNING, runner, now_ms, seq)
        .Run();
  });
}

absl::Status BuildTable::MarkQueued(int64_t seq) {
  return Try("builds", [&] {
    Query(connection_, "UPDATE builds SET state = ?, runner = '', started_ms = 0 WHERE seq = ?",
          v1::QUEUED, seq)
        .Run();
  });
}

absl::Status BuildTable::Finish(int64_t seq, const Ending& ending, absl::string_view base_tree,
                                absl::string_view compiler, int64_t now_ms) {
  return Try("builds", [&] {
    Query(connection_,
          "UPDATE builds SET state = ?, verdict = ?, failure_kind = ?, failure_summary = ?, "
          "failure_excerpt = ?, base_tree = ?, compiler = ?, finished_ms = ? WHERE seq = ?",
          v1::DONE, ending.verdict, ending.failure.kind(), ending.failure.summary(),
          ending.failure.excerpt(), base_tree, compiler, now_ms, seq)
        .Run();
  });
}

}  // namespace roxlab
