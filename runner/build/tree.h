// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_RUNNER_BUILD_TREE_H_
#define ROXLAB_RUNNER_BUILD_TREE_H_

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "common/files.h"
#include "runner/build/base_store.h"

namespace roxlab {

// A work tree and a build directory that stay warm from one variant to the next: only files that
// differ are rewritten, so that make rebuilds only what changed. Held by one job at a time.
class Tree {
 public:
  // A free tree for this base and `key` (what besides the sources decides how all of it is
  // compiled) beneath `directory`, made when there is none.
  static absl::StatusOr<Tree> Take(const std::filesystem::path& directory, const ImportedTree& base,
                                   absl::string_view base_name, absl::string_view key);

  // Puts the sources of a commit in place. Returns the paths of the files that differ from those
  // of the last successful configuration.
  absl::StatusOr<std::vector<std::string>> Checkout(const std::string& commit,
                                                    const StopToken& stop);

  // Around all that make does. A make that was killed leaves files that are half written but look
  // finished to the next one; what it touched is removed before that.
  absl::Status BeginMake() const;
  absl::Status EndMake() const;

  std::filesystem::path source() const { return directory_ / "src"; }
  std::filesystem::path build() const { return directory_ / "out"; }

  // Small notes that live as long as the tree.
  std::string Note(const std::string& name) const;
  absl::Status SetNote(const std::string& name, absl::string_view text) const;

 private:
  Tree(std::filesystem::path directory, FileLock lock, ImportedTree base)
      : directory_(std::move(directory)), lock_(std::move(lock)), base_(std::move(base)) {}

  absl::Status EnsureWorkTree(const StopToken& stop);

  std::filesystem::path directory_;
  FileLock lock_;
  ImportedTree base_;
};

}  // namespace roxlab

#endif  // ROXLAB_RUNNER_BUILD_TREE_H_
