// SPDX-License-Identifier: Apache-2.0
#include "runner/build/tree.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/status_macros.h"
#include "runner/build/git.h"

namespace roxlab {
namespace fs = std::filesystem;

absl::StatusOr<Tree> Tree::Take(const fs::path& directory, const ImportedTree& base,
                                absl::string_view base_name, absl::string_view key) {
  constexpr int kMostAtOnce = 64;
  for (int i = 1; i <= kMostAtOnce; ++i) {
    const fs::path tree = directory / absl::StrCat(base_name, "-", key.substr(0, 12), "-", i);
    absl::Status status = MakeDirectories(tree / "out");
    if (!status.ok()) return status;
    absl::StatusOr<FileLock> lock = FileLock::Take(tree / "lock");
    if (lock.ok()) return Tree(tree, *std::move(lock), base);
    if (!absl::IsUnavailable(lock.status())) return lock.status();
  }
  return absl::ResourceExhaustedError(
      absl::StrCat("all trees in ", directory.string(), " are held"));
}

absl::Status Tree::EnsureWorkTree(const StopToken& stop) {
  if (Note("base") == base_.tree && fs::exists(source() / ".git")) return absl::OkStatus();
  absl::Status status = RemoveTree(source());
  if (status.ok()) status = Git(base_.repository, {"worktree", "prune"}, stop).status();
  if (status.ok())
    status = Git(base_.repository,
                 {"worktree", "add", "-f", "-q", "--detach", source().string(), base_.commit}, stop)
                 .status();
  if (status.ok()) status = SetNote("base", base_.tree);
  return status;
}

absl::StatusOr<std::vector<std::string>> Tree::Checkout(const std::string& commit,
                                                        const StopToken& stop) {
  absl::Status status = EnsureWorkTree(stop);
  if (!status.ok()) return status;
  absl::StatusOr<std::string> lock =
      Git(source(), {"rev-parse", "--path-format=absolute", "--git-path", "index.lock"}, stop);
  if (!lock.ok()) return lock.status();
  fs::remove(*lock);  // Nobody else uses this tree: a lock is left over from a killed git.
  status = Git(source(), {"checkout", "-q", "--detach", "--force", commit}, stop).status();
  if (!status.ok()) return status;
  const std::string configured = Note("configured");
  if (configured.empty()) return std::vector<std::string>{"Kconfig"};
  absl::StatusOr<std::string> names =
      Git(source(), {"diff", "--name-only", "--no-renames", configured, commit}, stop);
  // The commit may be gone with an older copy of the base; then everything may differ.
  if (!names.ok()) return std::vector<std::string>{"Kconfig"};
  return std::vector<std::string>(absl::StrSplit(*names, '\n', absl::SkipEmpty()));
}

absl::Status Tree::BeginMake() const {
  const fs::path stamp = directory_ / "note.making";
  std::error_code error;
  const fs::file_time_type began = fs::last_write_time(stamp, error);
  if (!error) {
    for (auto entry = fs::recursive_directory_iterator(build(), error);
         !error && entry != fs::recursive_directory_iterator(); entry.increment(error)) {
      std::error_code ignored;
      if (entry->symlink_status(ignored).type() == fs::file_type::regular &&
          fs::last_write_time(entry->path(), ignored) >= began)
        fs::remove(entry->path(), ignored);
    }
    if (error) return absl::ErrnoToStatus(error.value(), build().string());
    ROXLAB_RETURN_IF_ERROR(SetNote("configured", ""));
  }
  return SetNote("making", "");
}

absl::Status Tree::EndMake() const { return RemoveTree(directory_ / "note.making"); }

std::string Tree::Note(const std::string& name) const {
  absl::StatusOr<std::string> text = ReadFile(directory_ / ("note." + name), 1 << 20);
  return text.ok() ? *text : "";
}

absl::Status Tree::SetNote(const std::string& name, absl::string_view text) const {
  return WriteFileAtomically(directory_ / ("note." + name), text);
}

}  // namespace roxlab
