// SPDX-License-Identifier: Apache-2.0
#include "runner/build/base_store.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "common/files.h"
#include "runner/build/git.h"
#include "runner/build/origins.h"

namespace roxlab {
namespace fs = std::filesystem;
namespace {

absl::StatusOr<ImportedTree> Open(const fs::path& repository) {
  absl::StatusOr<std::string> commit =
      Git(repository, {"rev-parse", "--verify", "refs/heads/base"});
  if (!commit.ok()) return commit.status();
  absl::StatusOr<std::string> tree =
      Git(repository, {"rev-parse", "--verify", "refs/heads/base^{tree}"});
  if (!tree.ok()) return tree.status();
  return ImportedTree{repository, *commit, *tree};
}

// "7.3" for a tree whose Makefile says VERSION = 7 and PATCHLEVEL = 3.
absl::StatusOr<std::string> MakefileVersion(const fs::path& tree) {
  absl::StatusOr<std::string> makefile = ReadFile(tree / "Makefile", 1 << 20);
  if (!makefile.ok()) return makefile.status();
  std::string version, patchlevel;
  for (absl::string_view line : absl::StrSplit(*makefile, '\n')) {
    if (absl::ConsumePrefix(&line, "VERSION = ")) version = std::string(line);
    if (absl::ConsumePrefix(&line, "PATCHLEVEL = ")) patchlevel = std::string(line);
  }
  return absl::StrCat(version, ".", patchlevel);
}

// Fetches from the first origin that answers with a tree of the right version.
absl::Status FetchTree(const v1::Base& base, const fs::path& tree, const fs::path& scratch,
                       JobContext& context) {
  auto log = [&](absl::string_view bytes) { context.Log(bytes); };
  std::string tried;
  for (const v1::Origin& origin : base.origins()) {
    context.Log(absl::StrCat("base ", base.name(), ": from ", DescribeOrigin(origin), "\n"));
    absl::Status status = RemoveTree(tree);
    if (status.ok()) status = MakeDirectories(tree);
    if (status.ok()) status = FetchOrigin(origin, tree, scratch, log, context.stop());
    if (context.stop().stopped()) return absl::CancelledError("stopped");
    if (status.ok()) {
      absl::StatusOr<std::string> version = MakefileVersion(tree);
      if (version.ok() && (base.version().empty() || *version == base.version()))
        return absl::OkStatus();
      status = version.ok() ? absl::FailedPreconditionError(
                                  absl::StrCat("it is Linux ", *version, ", not ", base.version()))
                            : version.status();
    }
    absl::StrAppend(&tried, "\n  ", DescribeOrigin(origin), ": ", status.message());
  }
  return absl::UnavailableError(absl::StrCat("base ", base.name(), " could not be had:", tried));
}

// One commit that depends on the files alone, so that equal trees are equal commits everywhere.
// Compression is off: the disk is cheaper than the minutes.
absl::Status CommitTree(const fs::path& tree, const fs::path& repository, const StopToken& stop) {
  const std::string work_tree = absl::StrCat("--work-tree=", tree.string());
  absl::Status status = MakeDirectories(repository);
  const std::vector<std::vector<std::string>> commands = {
      {"init", "-q", "--bare", "-b", "base"},
      {"config", "core.compression", "0"},
      {"config", "core.hooksPath", "/dev/null"},
      {"config", "gc.auto", "0"},
      {"--git-dir=.", work_tree, "add", "--all", "--force", "."},
      {"--git-dir=.", work_tree, "commit", "-q", "--no-gpg-sign", "-m", "base"}};
  for (const auto& arguments : commands)
    if (status.ok()) status = Git(repository, arguments, stop).status();
  return status;
}

}  // namespace

absl::StatusOr<ImportedTree> BaseStore::Get(const v1::Base& base, JobContext& context) {
  const fs::path repository = directory_ / (base.name() + ".git");
  if (fs::exists(repository)) return Open(repository);
  absl::Status status = MakeDirectories(directory_);
  if (!status.ok()) return status;
  v1::Progress progress;
  progress.set_stage(absl::StrCat("import ", base.name()));
  while (true) {
    absl::StatusOr<FileLock> lock = FileLock::Take(directory_ / (base.name() + ".lock"));
    if (lock.ok()) return fs::exists(repository) ? Open(repository) : Import(base, context);
    if (!absl::IsUnavailable(lock.status())) return lock.status();
    if (context.stop().stopped()) return absl::CancelledError("stopped");
    context.Report(progress);  // Another job imports it.
    absl::SleepFor(absl::Milliseconds(200));
  }
}

absl::StatusOr<ImportedTree> BaseStore::Import(const v1::Base& base, JobContext& context) {
  auto report = [&](const char* stage, uint64_t step) {
    v1::Progress progress;
    progress.set_stage(absl::StrCat("import ", base.name(), ": ", stage));
    progress.set_done(step);
    progress.set_total(3);
    context.Report(progress);
  };
  absl::StatusOr<TempDir> temporary = TempDir::Make(directory_, "import-");
  if (!temporary.ok()) return temporary.status();
  const fs::path tree = temporary->path() / "tree", scratch = temporary->path() / "scratch",
                 repository = temporary->path() / "repository.git";
  absl::Status status = MakeDirectories(scratch);
  report("fetch", 0);
  if (status.ok()) status = FetchTree(base, tree, scratch, context);
  report("commit", 1);
  if (status.ok()) status = CommitTree(tree, repository, context.stop());
  if (!status.ok()) return status;
  report("done", 3);
  std::error_code error;
  fs::rename(repository, directory_ / (base.name() + ".git"), error);
  if (error) return absl::ErrnoToStatus(error.value(), "cannot keep the imported base");
  return Open(directory_ / (base.name() + ".git"));
}

std::vector<v1::ImportedBase> BaseStore::List() const {
  std::vector<v1::ImportedBase> bases;
  for (const fs::path& repository : FilesIn(directory_, ".git").value_or(std::vector<fs::path>())) {
    absl::StatusOr<ImportedTree> tree = Open(repository);
    if (!tree.ok()) continue;
    v1::ImportedBase& base = bases.emplace_back();
    base.set_name(repository.stem().string());
    base.set_tree(tree->tree);
  }
  std::sort(bases.begin(), bases.end(),
            [](const auto& a, const auto& b) { return a.name() < b.name(); });
  return bases;
}

}  // namespace roxlab
