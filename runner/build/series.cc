// SPDX-License-Identifier: Apache-2.0
#include "runner/build/series.h"

#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "common/files.h"
#include "common/hash.h"
#include "common/status_macros.h"
#include "runner/build/git.h"
#include "runner/errors.h"

namespace roxlab {
namespace fs = std::filesystem;
namespace {

// What git-am said, as a sentence: "patch 2 of 6 (NAME) does not apply: mm/a.c, hunk 3 (line 120)".
absl::Status ApplyError(const v1::Patch& patch, int number, int count, absl::string_view said) {
  std::string places;
  for (absl::string_view line : absl::StrSplit(said, '\n')) {
    if (!absl::ConsumePrefix(&line, "error: ")) continue;
    if (!absl::ConsumePrefix(&line, "patch failed: ")) {
      // "FILE: No such file", "FILE: already exists in index" and the like say it themselves.
      if (!absl::EndsWith(line, ": patch does not apply")) absl::StrAppend(&places, "; ", line);
      continue;
    }
    std::pair<std::string, std::string> place = absl::StrSplit(line, absl::MaxSplits(':', 1));
    std::string hunk = NameOfHunk(patch.content(), place.first, place.second);
    absl::StrAppend(&places, "; ", place.first, hunk.empty() ? "" : ", ", hunk, " (line ",
                    place.second, ")");
  }
  if (places.empty()) places = absl::StrCat("; ", absl::StripAsciiWhitespace(said));
  return VariantError("apply",
                      absl::StrCat("patch ", number, " of ", count, " (", patch.name(),
                                   ") does not apply: ", places.substr(2)),
                      said);
}

std::string HashOf(const google::protobuf::RepeatedPtrField<v1::Patch>& patches) {
  Sha256 hash;
  for (const v1::Patch& patch : patches) {
    hash.Update(absl::StrCat(patch.content().size(), "\n"));
    hash.Update(patch.content());
  }
  return hash.HexDigest();
}

// Gives the work tree the base's index: read from the tree once, copied from then on, since to read
// 95,000 entries takes as long as all else that an application of one patch does.
absl::Status FillIndex(const ImportedTree& base, const fs::path& work_tree, const StopToken& stop) {
  ROXLAB_ASSIGN_OR_RETURN(
      std::string index,
      Git(work_tree, {"rev-parse", "--path-format=absolute", "--git-path", "index"}, stop));
  const fs::path kept = base.repository / absl::StrCat("index.", base.tree);
  std::error_code error;
  if (fs::copy_file(kept, index, error)) return absl::OkStatus();
  ROXLAB_RETURN_IF_ERROR(Git(work_tree, {"read-tree", "HEAD"}, stop).status());
  ROXLAB_ASSIGN_OR_RETURN(std::string content, ReadFile(index));
  return WriteFileAtomically(kept, content);
}

// Applies the patches in a work tree that holds the base's commit; returns the new one.
absl::StatusOr<std::string> ApplyIn(const fs::path& work_tree, const ImportedTree& base,
                                    const google::protobuf::RepeatedPtrField<v1::Patch>& patches,
                                    JobContext& context) {
  const StopToken& stop = context.stop();
  ROXLAB_RETURN_IF_ERROR(FillIndex(base, work_tree, stop));
  for (int i = 0; i < patches.size(); ++i) {
    context.Log(absl::StrCat("apply ", i + 1, "/", patches.size(), " ", patches[i].name(), "\n"));
    Command am = GitCommand(
        work_tree, {"am", "-q", "--no-gpg-sign", "--committer-date-is-author-date", "--keep-cr"});
    am.input = patches[i].content();
    ROXLAB_ASSIGN_OR_RETURN(ProcessResult result, RunProcess(am, stop));
    if (result.stopped) return absl::CancelledError("stopped");
    if (!result.ok()) {
      context.Log(result.output);
      if (absl::StrContains(result.output, "No space left on device") ||
          absl::StrContains(result.output, "unable to write"))
        return InfraError("disk", "git am cannot write", result.output);
      return ApplyError(patches[i], i + 1, patches.size(), result.output);
    }
  }
  return Git(work_tree, {"rev-parse", "HEAD"}, stop);
}

}  // namespace

std::string NameOfHunk(absl::string_view patch, absl::string_view file, absl::string_view line) {
  const std::string header = absl::StrCat("--- a/", file);
  bool in_file = false;
  int number = 0;
  for (absl::string_view row : absl::StrSplit(patch, '\n')) {
    if (absl::StartsWith(row, "--- ")) {
      in_file = absl::StripTrailingAsciiWhitespace(row) == header;
      number = 0;
    } else if (in_file && absl::ConsumePrefix(&row, "@@ -")) {
      ++number;
      if (row.substr(0, row.find_first_of(", ")) == line) return absl::StrCat("hunk ", number);
    }
  }
  return "";
}

absl::StatusOr<std::string> ApplySeries(
    const ImportedTree& base, const google::protobuf::RepeatedPtrField<v1::Patch>& patches,
    JobContext& context) {
  if (patches.empty()) return base.commit;
  const StopToken& stop = context.stop();
  const std::string known =
      absl::StrCat("refs/roxlab/", base.tree.substr(0, 16), "/", HashOf(patches));
  if (absl::StatusOr<std::string> applied =
          Git(base.repository, {"rev-parse", "--verify", "-q", known}, stop);
      applied.ok())
    return applied;

  const fs::path work_tree = context.scratch() / "apply";
  ROXLAB_RETURN_IF_ERROR(
      Git(base.repository,
          {"worktree", "add", "-q", "--no-checkout", "--detach", work_tree.string(), base.commit},
          stop)
          .status());
  absl::StatusOr<std::string> commit = ApplyIn(work_tree, base, patches, context);
  // Also when the job was stopped: git keeps an index for each work tree that it knows.
  Git(base.repository, {"worktree", "remove", "--force", work_tree.string()}, StopToken())
      .status()
      .IgnoreError();
  if (!commit.ok()) return commit;
  ROXLAB_RETURN_IF_ERROR(Git(base.repository, {"update-ref", known, *commit}, stop).status());
  return commit;
}

}  // namespace roxlab
