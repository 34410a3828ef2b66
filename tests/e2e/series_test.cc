// SPDX-License-Identifier: Apache-2.0
//
// The patches themselves, by the kernel's own rules. That they apply and build, one by one, the
// experiments show.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "absl/strings/str_replace.h"
#include "common/files.h"
#include "common/process.h"
#include "runner/build/base_store.h"
#include "server/submit/lookup.h"
#include "spec/catalog.h"
#include "tests/support/e2e_lab.h"
#include "tests/support/e2e_run.h"
#include "tests/support/memory_job_context.h"

namespace roxlab {
namespace {
namespace fs = std::filesystem;

class SeriesTest : public ::testing::TestWithParam<std::string> {};

// FILE_PATH_CHANGES asks whether MAINTAINERS needs a change for new files; what it has covers them.
TEST_P(SeriesTest, CheckpatchHasNothingToSay) {
  if (GetParam() == "rox-cache-7.2" && !FullTests())
    GTEST_SKIP() << "needs a base of its own: ROXLAB_FULL=1";
  const absl::StatusOr<v1::Catalog> catalog = LoadCatalog(ROXLAB_SOURCE_DIR "/kernels");
  ASSERT_TRUE(catalog.ok()) << catalog.status();
  const auto found = FindNamed("series", GetParam(), catalog->series());
  ASSERT_TRUE(found.ok()) << found.status();
  const v1::Series& series = **found;
  const auto base = FindNamed("base", series.bases(0), catalog->bases());
  ASSERT_TRUE(base.ok()) << base.status();

  MemoryJobContext context;
  const absl::StatusOr<ImportedTree> tree =
      BaseStore(CacheDirectory() / "bases").Get(**base, context);
  ASSERT_TRUE(tree.ok()) << tree.status();
  absl::StatusOr<TempDir> dir = TempDir::Make(::testing::TempDir(), "series-");
  ASSERT_TRUE(dir.ok()) << dir.status();
  ASSERT_TRUE(
      RunAndRead({.argv = {"git", "--git-dir", tree->repository.string(), "archive", "-o",
                           (dir->path() / "scripts.tar").string(), tree->commit, "scripts"}})
          .ok());
  ASSERT_TRUE(RunAndRead({.argv = {"tar", "-xf", "scripts.tar"}, .directory = dir->path()}).ok());

  ASSERT_GT(series.patches_size(), 0);
  for (const v1::Patch& patch : series.patches()) {
    ASSERT_TRUE(WriteFileAtomically(dir->path() / "a.patch", patch.content()).ok());
    const absl::StatusOr<ProcessResult> checked =
        RunProcess({.argv = {"perl", "scripts/checkpatch.pl", "--strict", "--no-tree", "--ignore",
                             "FILE_PATH_CHANGES", "a.patch"},
                    .directory = dir->path()});
    ASSERT_TRUE(checked.ok()) << checked.status();
    EXPECT_EQ(checked->exit_code, 0) << patch.name() << "\n" << checked->output;
    EXPECT_THAT(checked->output, ::testing::HasSubstr("total: 0 errors, 0 warnings, 0 checks"));
  }
}

INSTANTIATE_TEST_SUITE_P(Each, SeriesTest,
                         ::testing::Values("rox-cache", "rox-cache-rodata", "rox-cache-kunit",
                                           "rox-cache-7.2"),
                         [](const auto& series) {
                           return absl::StrReplaceAll(series.param, {{"-", "_"}, {".", "_"}});
                         });

}  // namespace
}  // namespace roxlab
