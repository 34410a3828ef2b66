// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "absl/strings/str_cat.h"
#include "runner/build/kconfig.h"
#include "runner/build/make.h"
#include "runner/build/module_archive.h"
#include "runner/build/series.h"
#include "runner/build/tree.h"

namespace roxlab {
namespace {
namespace fs = std::filesystem;

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST(Kconfig, ASymbolThatVanishedIsNamedWithWantedAndGot) {
  std::vector<LostSymbol> lost =
      FindLostSymbols("CONFIG_A=y\nCONFIG_B=m\nCONFIG_C=\"x\"\n# CONFIG_D is not set\n",
                      "CONFIG_A=y\n# CONFIG_B is not set\nCONFIG_C=\"y\"\nCONFIG_D=y\n");
  ASSERT_EQ(lost.size(), 3u);
  EXPECT_EQ(lost[0].name, "CONFIG_B");
  EXPECT_EQ(lost[0].wanted, "m");
  EXPECT_EQ(lost[0].got, "n");
  EXPECT_EQ(lost[1].got, "\"y\"");
  EXPECT_EQ(lost[2].wanted, "n");
}

TEST(Kconfig, ASymbolThatKconfigDoesNotKnowCountsAsOff) {
  EXPECT_THAT(FindLostSymbols("CONFIG_NEVER_HEARD_OF=y\n", "").size(), 1u);
  EXPECT_THAT(FindLostSymbols("# CONFIG_NEVER_HEARD_OF is not set\n", ""), IsEmpty());
}

TEST(Kconfig, ALaterFragmentWins) {
  EXPECT_THAT(FindLostSymbols("CONFIG_A=y\n# CONFIG_A is not set\n", "# CONFIG_A is not set\n"),
              IsEmpty());
}

TEST(Make, EverythingThatWouldMakeBuildsDifferIsFixed) {
  EXPECT_THAT(
      MakeArgv("aarch64-linux-gnu-gcc", 4, true, {"Image", "modules"}),
      ElementsAre("make", "-C", "/src", "O=/build", "ARCH=arm64",
                  "CROSS_COMPILE=aarch64-linux-gnu-",
                  "KBUILD_BUILD_TIMESTAMP=Thu Jan  1 00:00:00 UTC 2026", "KBUILD_BUILD_USER=roxlab",
                  "KBUILD_BUILD_HOST=roxlab", "KBUILD_BUILD_VERSION=1",
                  "LOCALVERSION=", "CC=ccache aarch64-linux-gnu-gcc", "HOSTCC=ccache gcc", "-j4",
                  "Image", "modules"));
}

MakeWatcher Watch(absl::string_view text) {
  MakeWatcher watcher;
  for (char c : text) watcher.Feed(absl::string_view(&c, 1));  // The worst way to cut it.
  return watcher;
}

TEST(Make, TheFirstCompilerErrorIsTheSummary) {
  MakeWatcher watcher = Watch(
      "  CC      mm/a.o\n"
      "  CC      mm/execmem.o\n"
      "/src/mm/execmem.c: In function 'f':\n"
      "/src/mm/execmem.c:12:3: error: 'x' undeclared\n"
      "   12 |   x;\n"
      "/src/mm/execmem.c:13:3: error: later\n"
      "make[3]: *** [/src/scripts/Makefile.build:289: mm/execmem.o] Error 1\n");
  EXPECT_EQ(watcher.first_error(), "mm/execmem.c:12:3: error: 'x' undeclared");
  EXPECT_THAT(watcher.excerpt(), HasSubstr("In function 'f'"));
  EXPECT_THAT(watcher.excerpt(), HasSubstr("   12 |   x;"));
  EXPECT_EQ(watcher.steps(), 2u);
}

TEST(Make, MakesOwnWordsCountOnlyWhenThereIsNothingBetter) {
  EXPECT_EQ(Watch("make[2]: *** No rule to make target 'x.o'.  Stop.\n").first_error(),
            "make[2]: *** No rule to make target 'x.o'.  Stop.");
  EXPECT_EQ(
      Watch("make[2]: *** [x] Error 1\nERROR: modpost: \"f\" [m.ko] undefined!\n").first_error(),
      "ERROR: modpost: \"f\" [m.ko] undefined!");
}

TEST(Make, AFullDiskIsNobodysPatch) {
  EXPECT_TRUE(Watch("cc1: fatal error: x: No space left on device\n").disk_full());
  EXPECT_FALSE(Watch("x.c:1: error: y\n").disk_full());
}

TEST(Make, AnEndlessLineTakesNoEndlessMemory) {
  MakeWatcher watcher;
  for (int i = 0; i < 1000; ++i) watcher.Feed(std::string(10000, 'x'));
  watcher.Feed("\nx.c:1: error: y\n");
  EXPECT_EQ(watcher.first_error(), "x.c:1: error: y");
}

BuiltModule Module(const std::string& name, std::vector<std::string> depends = {}) {
  return {name, name + ".ko", std::move(depends)};
}

std::vector<std::string> NamesInLoadOrder(const std::vector<BuiltModule>& modules) {
  std::vector<std::string> names;
  for (const BuiltModule& module : LoadOrder(modules)) names.push_back(module.name);
  return names;
}

TEST(ModuleArchive, DependenciesComeFirstAndTheRestKeepsItsOrder) {
  EXPECT_THAT(NamesInLoadOrder({Module("z"), Module("a", {"c", "b"}), Module("b", {"c"}),
                                Module("c"), Module("y", {"built_in"})}),
              ElementsAre("z", "c", "b", "a", "y"));
}

TEST(Tree, WhatAKilledMakeTouchedIsMadeAgain) {
  TempDir dir = *TempDir::Make(::testing::TempDir(), "tree-");
  absl::StatusOr<Tree> tree = Tree::Take(dir.path(), ImportedTree(), "toy", "0123456789abcdef");
  ASSERT_TRUE(tree.ok()) << tree.status();
  auto write = [&](const char* name) { std::ofstream(tree->build() / name) << "half"; };
  write("before.o");
  fs::last_write_time(tree->build() / "before.o",
                      fs::file_time_type::clock::now() - std::chrono::hours(1));
  ASSERT_TRUE(tree->BeginMake().ok());
  write("vmlinux");
  // Killed here: no EndMake.
  ASSERT_TRUE(tree->BeginMake().ok());
  EXPECT_TRUE(fs::exists(tree->build() / "before.o"));
  EXPECT_FALSE(fs::exists(tree->build() / "vmlinux"));
  write("vmlinux");
  ASSERT_TRUE(tree->EndMake().ok());
  ASSERT_TRUE(tree->BeginMake().ok());
  EXPECT_TRUE(fs::exists(tree->build() / "vmlinux"));
}

TEST(ModuleArchive, ACircleOfDependenciesEnds) {
  EXPECT_EQ(NamesInLoadOrder({Module("a", {"b"}), Module("b", {"a"})}).size(), 2u);
}

TEST(ModuleArchive, ModinfoOfSeveralFilesIsRead) {
  std::vector<BuiltModule> modules = ParseModinfo(
      "filename:       /build/net/nf-x.ko\nlicense:        GPL\ndepends:        nf-y,z\n"
      "filename:       /build/lib/z.ko\ndepends:        \n");
  ASSERT_EQ(modules.size(), 2u);
  EXPECT_EQ(modules[0].name, "nf_x");
  EXPECT_EQ(modules[0].file, "net/nf-x.ko");
  EXPECT_THAT(modules[0].depends, ElementsAre("nf_y", "z"));
  EXPECT_THAT(modules[1].depends, IsEmpty());
}

TEST(Series, AHunkIsNamedByFileAndLine) {
  const std::string patch =
      "--- a/x.c\n+++ b/x.c\n@@ -1,2 +1,2 @@\n@@ -40,7 +40,8 @@\n--- a/y.c\n+++ b/y.c\n"
      "@@ -40 +40 @@\n";
  EXPECT_EQ(NameOfHunk(patch, "x.c", "40"), "hunk 2");
  EXPECT_EQ(NameOfHunk(patch, "y.c", "40"), "hunk 1");
  EXPECT_EQ(NameOfHunk(patch, "y.c", "41"), "");
}

}  // namespace
}  // namespace roxlab
