// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_RUNNER_BUILD_BASE_STORE_H_
#define ROXLAB_RUNNER_BUILD_BASE_STORE_H_

#include <filesystem>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "roxlab/v1/runner_hub.pb.h"
#include "runner/job.h"

namespace roxlab {

// A pristine tree as a git repository.
struct ImportedTree {
  std::filesystem::path repository;  // Bare.
  std::string commit;                // The one commit that holds the tree.
  std::string tree;                  // Its tree id.
};

// Imported bases beneath one directory, each NAME.git, imported once. Thread-safe, also between
// processes: an import holds a lock file and appears by rename.
class BaseStore {
 public:
  explicit BaseStore(std::filesystem::path directory) : directory_(std::move(directory)) {}

  // The base, imported from its first origin that answers if it is not there yet. Progress and
  // log go to `context`.
  absl::StatusOr<ImportedTree> Get(const v1::Base& base, JobContext& context);

  // What has been imported.
  std::vector<v1::ImportedBase> List() const;

 private:
  absl::StatusOr<ImportedTree> Import(const v1::Base& base, JobContext& context);

  const std::filesystem::path directory_;
};

}  // namespace roxlab

#endif  // ROXLAB_RUNNER_BUILD_BASE_STORE_H_
