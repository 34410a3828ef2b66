// SPDX-License-Identifier: Apache-2.0
//
// Build jobs on a toy tree with real git, make, compiler and sandbox.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>
#include <set>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "runner/build/execute_build.h"
#include "tests/support/memory_job_context.h"

namespace roxlab {
namespace {
namespace fs = std::filesystem;

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;

// Behaves like the kernel's as far as a build job can tell.
constexpr char kMakefile[] = R"(VERSION = 7
PATCHLEVEL = 3
allnoconfig:
	grep -v VANISHES $(KCONFIG_ALLCONFIG) > $(O)/.config
Image: $(O)/arch/arm64/boot/Image
modules:
$(O)/arch/arm64/boot/Image: $(O)/one.o $(O)/two.o
	mkdir -p $(@D)
	cat $^ > $@
	touch $(O)/System.map $(O)/vmlinux
$(O)/%.o: %.c
	@echo "  CC      $*.o"
	@$(CC) -c -o $@ /src/$*.c
)";

class BuildExecuteTest : public ::testing::Test {
 protected:
  BuildExecuteTest() {
    Write("Makefile", kMakefile);
    Write("one.c", "int one(void)\n{\n\treturn 1;\n}\n");
    Write("two.c", "int two(void)\n{\n\treturn 2;\n}\n");
    v1::Base& base = *job_.mutable_spec()->mutable_base();
    base.set_name("toy");
    base.set_version("7.3");
    base.add_origins()->set_local((dir_.path() / "tree").string());
    AddConfig("CONFIG_A=y\n");
    settings_.cache = dir_.path() / "cache";
    settings_.timeout = absl::Minutes(2);
  }

  void Write(const std::string& path, const std::string& text) {
    fs::create_directories((dir_.path() / "tree" / path).parent_path());
    std::ofstream(dir_.path() / "tree" / path) << text;
  }

  void AddConfig(const std::string& text) {
    v1::ConfigFragment& fragment = *job_.mutable_spec()->add_configs();
    fragment.set_name("test");
    fragment.set_content(text);
  }

  // A mail that replaces the third line of a file like one.c.
  void AddPatch(const std::string& name, const std::string& file, const std::string& before,
                const std::string& after) {
    v1::Patch& patch = *job_.mutable_spec()->add_patches();
    patch.set_name(name);
    patch.set_content(absl::StrCat(
        "From 0 Mon Sep 17 00:00:00 2001\nFrom: The roxlab project <roxlab@example.org>\n"
        "Date: Thu, 1 Jan 2026 00:00:00 +0000\nSubject: [PATCH] ",
        name, "\n\n---\n--- a/", file, "\n+++ b/", file, "\n@@ -2,3 +2,3 @@\n {\n-", before, "\n+",
        after, "\n }\n-- \n2.39\n"));
  }

  JobResult Build() {
    context_ = std::make_unique<MemoryJobContext>();
    context_->on_report = [this](const v1::Progress& progress) {
      if (progress.stage() == stop_at_) context_->stop_.Stop();
    };
    return ExecuteBuild(job_, settings_, *context_);
  }

  std::set<std::string> Stages() const {
    std::set<std::string> stages;
    for (const v1::Progress& progress : context_->progress_seen) stages.insert(progress.stage());
    return stages;
  }

  TempDir dir_ = *TempDir::Make(::testing::TempDir(), "build-");
  v1::BuildJob job_;
  BuildSettings settings_;
  std::string stop_at_;
  std::unique_ptr<MemoryJobContext> context_;
};

TEST_F(BuildExecuteTest, ABuildPassesWithItsOutputsBaseAndCompiler) {
  JobResult result = Build();
  ASSERT_EQ(result.verdict(), v1::PASS) << result.DebugString() << context_->log;
  std::vector<std::string> names;
  for (const v1::Artifact& artifact : result.artifacts()) names.push_back(artifact.name());
  EXPECT_THAT(names,
              ::testing::UnorderedElementsAre("Image", "modules.cpio", "System.map", "config"));
  EXPECT_THAT(result.base_tree(), ::testing::SizeIs(40));
  EXPECT_THAT(result.compiler(), HasSubstr("aarch64-linux-gnu-gcc"));
}

TEST_F(BuildExecuteTest, TheNextVariantCompilesOnlyWhatItChanges) {
  ASSERT_EQ(Build().verdict(), v1::PASS) << context_->log;
  AddPatch("a.patch", "two.c", "\treturn 2;", "\treturn 3;");
  ASSERT_EQ(Build().verdict(), v1::PASS) << context_->log;
  EXPECT_THAT(context_->log, HasSubstr("CC      two.o"));
  EXPECT_THAT(context_->log, Not(HasSubstr("CC      one.o")));
  EXPECT_THAT(Stages(), Not(Contains("configure")));
}

TEST_F(BuildExecuteTest, AWarmAndAColdBuildGiveTheSameBytes) {
  ASSERT_EQ(Build().verdict(), v1::PASS);
  AddPatch("a.patch", "two.c", "\treturn 2;", "\treturn 3;");
  JobResult warm = Build();
  settings_.cache = dir_.path() / "other-cache";
  JobResult cold = Build();
  ASSERT_EQ(cold.verdict(), v1::PASS) << context_->log;
  for (int i = 0; i < warm.artifacts_size(); ++i)
    EXPECT_EQ(warm.artifacts(i).sha256(), cold.artifacts(i).sha256()) << warm.artifacts(i).name();
}

TEST_F(BuildExecuteTest, APatchThatDoesNotApplyIsNamedWithFileAndHunk) {
  AddPatch("good.patch", "one.c", "\treturn 1;", "\treturn 7;");
  AddPatch("bad.patch", "two.c", "\treturn 9;", "\treturn 8;");
  JobResult result = Build();
  EXPECT_EQ(result.verdict(), v1::FAIL);
  EXPECT_EQ(result.failure().kind(), "apply");
  EXPECT_EQ(result.failure().summary(),
            "patch 2 of 2 (bad.patch) does not apply: two.c, hunk 1 (line 2)");
}

TEST_F(BuildExecuteTest, APatchToAFileThatIsNotThereSaysSo) {
  AddPatch("bad.patch", "three.c", "x", "y");
  EXPECT_THAT(Build().failure().summary(), HasSubstr("three.c: does not exist in index"));
}

TEST_F(BuildExecuteTest, WhatIsNoMailIsAFailureToApply) {
  v1::Patch& patch = *job_.mutable_spec()->add_patches();
  patch.set_name("noise");
  patch.set_content("\x01\x02 not a patch");
  JobResult result = Build();
  EXPECT_EQ(result.failure().kind(), "apply");
  EXPECT_THAT(result.failure().summary(), HasSubstr("patch 1 of 1 (noise)"));
}

TEST_F(BuildExecuteTest, APatchThatLeavesTheTreeIsRefused) {
  AddPatch("evil.patch", "../../evil", "", "x");
  EXPECT_EQ(Build().failure().kind(), "apply");
}

TEST_F(BuildExecuteTest, ASymbolThatDidNotSurviveFailsWithWantedAndGot) {
  AddConfig("CONFIG_VANISHES=y\n");
  JobResult result = Build();
  EXPECT_EQ(result.verdict(), v1::FAIL);
  EXPECT_EQ(result.failure().kind(), "config");
  EXPECT_EQ(result.failure().summary(),
            "1 requested symbol did not survive: CONFIG_VANISHES: wanted y, got n");
}

TEST_F(BuildExecuteTest, ACompileErrorIsTheSummaryAndTheWholeLogIsKept) {
  AddPatch("a.patch", "two.c", "\treturn 2;", "\treturn oops;");
  JobResult result = Build();
  EXPECT_EQ(result.failure().kind(), "build");
  EXPECT_THAT(result.failure().summary(), HasSubstr("two.c:3:16: error: 'oops' undeclared"));
  EXPECT_THAT(result.failure().excerpt(), HasSubstr("return oops;"));
  EXPECT_THAT(context_->log, HasSubstr("CC      one.o"));
}

TEST_F(BuildExecuteTest, AMissingCompilerIsOurErrorAndNamesItsPackage) {
  job_.mutable_spec()->set_toolchain("aarch64-linux-none-gcc");
  JobResult result = Build();
  EXPECT_EQ(result.verdict(), v1::ERROR);
  EXPECT_EQ(result.failure().kind(), "tool");
  EXPECT_THAT(result.failure().summary(), HasSubstr("install the Debian package"));
}

TEST_F(BuildExecuteTest, NoDiskSpaceIsOurErrorAndSaysHowMuchIsNeeded) {
  settings_.min_free_bytes = uint64_t{1} << 60;
  JobResult result = Build();
  EXPECT_EQ(result.verdict(), v1::ERROR);
  EXPECT_EQ(result.failure().kind(), "disk");
  EXPECT_THAT(result.failure().summary(), HasSubstr("1099511627776 MiB needed"));
}

TEST_F(BuildExecuteTest, ABaseOfAnotherVersionIsOurErrorAndSaysWhatWasTried) {
  job_.mutable_spec()->mutable_base()->set_version("7.4");
  JobResult result = Build();
  EXPECT_EQ(result.verdict(), v1::ERROR);
  EXPECT_EQ(result.failure().kind(), "base");
  EXPECT_THAT(result.failure().summary(), HasSubstr("it is Linux 7.3, not 7.4"));
}

TEST_F(BuildExecuteTest, ABaseThatDiffersFromTheLabsIsRefused) {
  job_.set_base_tree(std::string(40, '0'));
  EXPECT_THAT(Build().failure().summary(), HasSubstr("but the lab works with 0000"));
}

TEST_F(BuildExecuteTest, ATreeIsAProgramThatSeesNothingOutsideTheSandbox) {
  const fs::path secret = dir_.path() / "secret";
  std::ofstream(secret) << "secret";
  Write("Makefile", absl::StrCat(kMakefile,
                                 "modules: peek\npeek:\n"
                                 "\t! cat ",
                                 secret.string(),
                                 "\n"
                                 "\t! touch /src/x\n\t! touch /usr/x\n"
                                 "\t! ls /root /home /etc/passwd\n"
                                 "\ttest $$(grep -c : /proc/net/dev) -le 1\n"
                                 "\ttest -z \"$$SSH_AUTH_SOCK$$USER\"\n"));
  JobResult result = Build();
  EXPECT_EQ(result.verdict(), v1::PASS) << context_->log;
}

TEST_F(BuildExecuteTest, AnOutputThatIsALinkToElsewhereIsRefused) {
  const std::string secret = (dir_.path() / "secret").string();
  std::ofstream(secret) << "secret";
  Write("Makefile", absl::StrCat(kMakefile, "modules: Image\n\tln -sf ", secret,
                                 " $(O)/arch/arm64/boot/Image\n"));
  JobResult result = Build();
  EXPECT_EQ(result.verdict(), v1::FAIL);
  EXPECT_THAT(result.failure().summary(), HasSubstr("link to elsewhere"));
  for (const auto& [name, content] : context_->stored) EXPECT_NE(content, "secret") << name;
}

TEST_F(BuildExecuteTest, ABuildWithoutEndIsStoppedWithAllItsProcesses) {
  Write("Makefile", absl::StrCat(kMakefile, "modules:\n\tsleep 86399 & sleep 86399\n"));
  settings_.timeout = absl::Seconds(3);
  JobResult result = Build();
  EXPECT_EQ(result.verdict(), v1::FAIL);
  EXPECT_EQ(result.failure().kind(), "timeout");
  // The kernel clears the sandbox's process space in its own time.
  auto left = [] { return RunProcess({.argv = {"pgrep", "-f", "sleep 86399"}})->ok(); };
  const absl::Time limit = absl::Now() + absl::Seconds(30);
  while (left() && absl::Now() < limit) {
  }
  EXPECT_FALSE(left());
}

TEST_F(BuildExecuteTest, AStoppedBuildIsCancelledAndTheNextOneIsClean) {
  stop_at_ = "compile";
  EXPECT_EQ(Build().verdict(), v1::CANCELLED);
  stop_at_ = "";
  EXPECT_EQ(Build().verdict(), v1::PASS) << context_->log;
}

TEST_F(BuildExecuteTest, TheUsersGitSettingsChangeNothing) {
  JobResult plain = Build();
  std::ofstream(dir_.path() / "gitconfig")
      << "[core]\n\tautocrlf = true\n[commit]\n\tgpgsign = true\n";
  setenv("GIT_CONFIG_GLOBAL", (dir_.path() / "gitconfig").c_str(), 1);
  settings_.cache = dir_.path() / "other-cache";
  JobResult other = Build();
  unsetenv("GIT_CONFIG_GLOBAL");
  EXPECT_EQ(plain.base_tree(), other.base_tree());
}

}  // namespace
}  // namespace roxlab
