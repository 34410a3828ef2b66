// SPDX-License-Identifier: Apache-2.0
#include "db/builds.h"

#include "absl/strings/str_cat.h"
#include "common/status_macros.h"
#include "db/artifacts.h"
#include "db/query.h"
#include "db/tally.h"

namespace roxlab {
namespace {

#define ROXLAB_BUILD_COLUMNS                                                         \
  "SELECT b.seq, b.id, b.state, b.verdict, b.failure_kind, b.failure_summary, "      \
  "b.failure_excerpt, b.base, b.base_tree, b.compiler, b.created_ms, b.started_ms, " \
  "b.finished_ms, b.runner FROM builds b "

StoredBuild Row(Query& query) {
  StoredBuild stored;
  stored.seq = query.Int(0);
  v1::Build& build = stored.build;
  build.set_id(query.Text(1));
  build.set_state(static_cast<v1::State>(query.Int(2)));
  build.set_verdict(static_cast<v1::Verdict>(query.Int(3)));
  if (!query.Text(4).empty()) {
    build.mutable_failure()->set_kind(query.Text(4));
    build.mutable_failure()->set_summary(query.Text(5));
    build.mutable_failure()->set_excerpt(query.Text(6));
  }
  build.set_base(query.Text(7));
  build.set_base_tree(query.Text(8));
  build.set_compiler(query.Text(9));
  build.set_created_ms(query.Int(10));
  build.set_started_ms(query.Int(11));
  build.set_finished_ms(query.Int(12));
  build.set_runner(query.Text(13));
  return stored;
}

}  // namespace

absl::Status BuildTable::ReadFiles(StoredBuild& stored) {
  ROXLAB_ASSIGN_OR_RETURN(
      *stored.build.mutable_artifacts(),
      ArtifactTable(connection_).Outputs(ArtifactTable::Owner::kBuild, stored.seq));
  ROXLAB_ASSIGN_OR_RETURN(BuildInputs inputs, Inputs(stored.seq));
  for (v1::Artifact& patch : inputs.patches) {
    stored.build.add_patches(patch.name());
    *stored.build.add_inputs() = std::move(patch);
  }
  for (v1::Artifact& config : inputs.configs) *stored.build.add_inputs() = std::move(config);
  *stored.build.mutable_origins() = inputs.base.origins();
  stored.build.set_toolchain(inputs.toolchain);
  return absl::OkStatus();
}

absl::StatusOr<std::optional<StoredBuild>> BuildTable::Find(absl::string_view id) {
  return Try("builds", [&]() -> absl::StatusOr<std::optional<StoredBuild>> {
    Query query(connection_, ROXLAB_BUILD_COLUMNS "WHERE b.id = ?", id);
    if (!query.Next()) return std::nullopt;
    StoredBuild stored = Row(query);
    ROXLAB_RETURN_IF_ERROR(ReadFiles(stored));
    return stored;
  });
}

absl::StatusOr<StoredBuild> BuildTable::Get(absl::string_view id) {
  ROXLAB_ASSIGN_OR_RETURN(std::optional<StoredBuild> build, Find(id));
  if (!build.has_value()) return absl::NotFoundError(absl::StrCat("no build '", id, "'"));
  return *std::move(build);
}

absl::StatusOr<StoredBuild> BuildTable::Get(int64_t seq) {
  return Try("builds", [&]() -> absl::StatusOr<StoredBuild> {
    Query query(connection_, ROXLAB_BUILD_COLUMNS "WHERE b.seq = ?", seq);
    if (!query.Next()) return absl::NotFoundError(absl::StrCat("no build number ", seq));
    StoredBuild stored = Row(query);
    ROXLAB_RETURN_IF_ERROR(ReadFiles(stored));
    return stored;
  });
}

absl::StatusOr<std::string> BuildTable::Resolve(absl::string_view prefix) {
  return Try("builds", [&]() -> absl::StatusOr<std::string> {
    // Ids are lower-case hex, so 'g' comes after every continuation.
    Query query(connection_, "SELECT id FROM builds WHERE id >= ? AND id < ? ORDER BY id LIMIT 2",
                prefix, absl::StrCat(prefix, "g"));
    if (prefix.empty() || !query.Next())
      return absl::NotFoundError(absl::StrCat("no build '", prefix, "'"));
    std::string id = query.Text(0);
    if (id != prefix && query.Next())
      return absl::InvalidArgumentError(
          absl::StrCat("several builds start with '", prefix, "'; give more digits"));
    return id;
  });
}

absl::StatusOr<BuildInputs> BuildTable::Inputs(int64_t seq) {
  return Try("builds", [&]() -> absl::StatusOr<BuildInputs> {
    BuildInputs inputs;
    Query build(connection_, "SELECT base_spec, toolchain FROM builds WHERE seq = ?", seq);
    if (!build.Next() || !inputs.base.ParseFromString(build.Text(0)))
      return absl::DataLossError(absl::StrCat("build number ", seq, " cannot be read"));
    inputs.toolchain = build.Text(1);
    Query query(connection_,
                "SELECT i.kind, i.name, a.sha256, a.size FROM build_inputs i "
                "JOIN artifacts a ON a.seq = i.artifact WHERE i.build = ? ORDER BY i.ordinal",
                seq);
    while (query.Next()) {
      auto& list = query.Text(0) == "patch" ? inputs.patches : inputs.configs;
      v1::Artifact& artifact = list.emplace_back();
      artifact.set_name(query.Text(1));
      artifact.set_sha256(query.Text(2));
      artifact.set_size(static_cast<uint64_t>(query.Int(3)));
    }
    return inputs;
  });
}

absl::StatusOr<std::vector<v1::Build>> BuildTable::OfExperiment(int64_t experiment) {
  return Try("builds", [&]() -> absl::StatusOr<std::vector<v1::Build>> {
    Query query(connection_,
                ROXLAB_BUILD_COLUMNS
                "JOIN (SELECT build, min(seq) AS first FROM runs WHERE experiment = ? "
                "GROUP BY build) r ON r.build = b.seq ORDER BY r.first",
                experiment);
    std::vector<v1::Build> builds;
    while (query.Next()) {
      StoredBuild stored = Row(query);
      ROXLAB_RETURN_IF_ERROR(ReadFiles(stored));
      builds.push_back(std::move(stored.build));
    }
    return builds;
  });
}

absl::StatusOr<std::vector<std::string>> BuildTable::IdsOfExperiment(int64_t experiment) {
  return Try("builds", [&] {
    Query query(connection_,
                "SELECT id FROM builds WHERE seq IN (SELECT build FROM runs WHERE experiment = ?)",
                experiment);
    std::vector<std::string> ids;
    while (query.Next()) ids.push_back(query.Text(0));
    return ids;
  });
}

absl::StatusOr<v1::Tally> BuildTable::TallyOf(int64_t experiment) {
  return Try("builds", [&] {
    Query query(connection_,
                // From one build to the next in the index, not from run to run.
                "WITH RECURSIVE its(build) AS (SELECT min(build) FROM runs WHERE experiment = ?1 "
                "UNION ALL SELECT (SELECT min(build) FROM runs WHERE experiment = ?1 "
                "AND build > its.build) FROM its WHERE its.build IS NOT NULL) "
                "SELECT state, verdict, count(*) FROM builds WHERE seq IN its "
                "GROUP BY state, verdict",
                experiment);
    return ReadTally(query);
  });
}

absl::StatusOr<std::vector<StoredBuild>> BuildTable::OnlyFor(int64_t experiment) {
  return Try("builds", [&] {
    Query query(connection_,
                ROXLAB_BUILD_COLUMNS
                "WHERE b.state < 3 "
                "AND b.seq IN (SELECT build FROM runs WHERE experiment = ?) "
                "AND NOT EXISTS (SELECT 1 FROM runs r WHERE r.build = b.seq AND r.state < 3 "
                "AND r.experiment <> ?)",
                experiment, experiment);
    std::vector<StoredBuild> builds;
    while (query.Next()) builds.push_back(Row(query));
    return builds;
  });
}

}  // namespace roxlab
