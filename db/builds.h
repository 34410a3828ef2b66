// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_DB_BUILDS_H_
#define ROXLAB_DB_BUILDS_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "db/record.h"
#include "roxlab/v1/catalog.pb.h"
#include "roxlab/v1/record.pb.h"

namespace roxlab {

class Connection;

struct StoredBuild {
  int64_t seq = 0;
  v1::Build build;
};

// What a build is made from; the inputs' content is in the artifact store.
struct BuildInputs {
  v1::Base base;
  std::string toolchain;
  std::vector<v1::Artifact> patches;  // In order.
  std::vector<v1::Artifact> configs;  // In order.
};

// Any of `standings`; an empty runner does not limit.
struct BuildFilter {
  std::vector<Standing> standings;
  std::string runner;
};

// Builds, shared by all experiments that have a variant with the same content.
class BuildTable {
 public:
  explicit BuildTable(Connection& connection) : connection_(connection) {}

  // A new, queued build; its key.
  absl::StatusOr<int64_t> Insert(absl::string_view id, const BuildInputs& inputs, int64_t now_ms);
  // Makes a finished build a queued one again.
  absl::Status Reset(int64_t seq, int64_t now_ms);

  // With inputs and outputs. NOT_FOUND.
  absl::StatusOr<StoredBuild> Get(absl::string_view id);
  absl::StatusOr<StoredBuild> Get(int64_t seq);
  // Keys of those that the filter leaves, newest first.
  absl::StatusOr<std::vector<int64_t>> Page(const BuildFilter& filter, const PageRange& range);
  absl::StatusOr<uint32_t> Count(const BuildFilter& filter);
  // As Get, but a missing one is no error.
  absl::StatusOr<std::optional<StoredBuild>> Find(absl::string_view id);
  // The one whole id that starts with `prefix`. NOT_FOUND; INVALID_ARGUMENT when several do.
  absl::StatusOr<std::string> Resolve(absl::string_view prefix);
  absl::StatusOr<BuildInputs> Inputs(int64_t seq);

  // Those of an experiment, in the order of its variants, with inputs and outputs.
  absl::StatusOr<std::vector<v1::Build>> OfExperiment(int64_t experiment);
  absl::StatusOr<std::vector<std::string>> IdsOfExperiment(int64_t experiment);
  absl::StatusOr<v1::Tally> TallyOf(int64_t experiment);
  // Unfinished builds that only this experiment still waits for.
  absl::StatusOr<std::vector<StoredBuild>> OnlyFor(int64_t experiment);

  // How long the newest that passed took, of this base or, when it is empty, of any. A sample.
  absl::StatusOr<std::vector<double>> RecentSeconds(absl::string_view base);
  absl::StatusOr<std::map<std::string, uint32_t>> UnfinishedByBase();

  absl::Status MarkStarted(int64_t seq, absl::string_view runner, int64_t now_ms);
  absl::Status MarkQueued(int64_t seq);
  // The end. Outputs are set apart (ArtifactTable).
  absl::Status Finish(int64_t seq, const Ending& ending, absl::string_view base_tree,
                      absl::string_view compiler, int64_t now_ms);

 private:
  absl::Status ReadFiles(StoredBuild& stored);

  Connection& connection_;
};

}  // namespace roxlab

#endif  // ROXLAB_DB_BUILDS_H_
