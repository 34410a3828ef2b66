// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>

#include "common/files.h"
#include "roxlab/v1/settings.pb.h"
#include "spec/catalog.h"
#include "spec/settings.h"
#include "spec/yaml.h"

namespace roxlab {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::string ErrorOf(absl::string_view yaml) {
  v1::ExperimentSpec spec;
  return std::string(ReadYaml(yaml, "x.yaml", &spec).message());
}

TEST(Yaml, KeysAreFieldsAndALoneScalarIsASequenceOfOne) {
  v1::ExperimentSpec spec;
  ASSERT_TRUE(ReadYaml("name: a\nseeds: 1-8\nvariants: [x, y]\n"
                       "define:\n  - {name: z, base: b}\n",
                       "x.yaml", &spec)
                  .ok());
  EXPECT_THAT(spec.seeds(), ElementsAre("1-8"));
  EXPECT_THAT(spec.variants(), ElementsAre("x", "y"));
  EXPECT_EQ(spec.define(0).base(), "b");
}

TEST(Yaml, EachMistakeIsNamedWithFileAndLine) {
  EXPECT_EQ(ErrorOf("name: a\nsedes: 1\n"), "x.yaml:2: unknown key 'sedes'; did you mean 'seeds'?");
  EXPECT_EQ(ErrorOf("name: a\n\nname: b\n"), "x.yaml:3: key 'name' twice");
  EXPECT_EQ(ErrorOf("name: [a]\n"), "x.yaml:1: 'name' takes one value");
  EXPECT_EQ(ErrorOf("define:\n  - 7\n"), "x.yaml:2: expected keys and values of Variant");
  EXPECT_THAT(ErrorOf("name: a\n  b: [\n"), HasSubstr("x.yaml:2: "));
  EXPECT_THAT(ErrorOf("- a\n"), HasSubstr("x.yaml:1: expected keys and values"));
}

TEST(Yaml, NumbersAreWholeAndInRange) {
  v1::Machine machine;
  EXPECT_EQ(ReadYaml("qemu:\n  cpus: many\n", "m.yaml", &machine).message(),
            "m.yaml:2: 'cpus' takes a whole number, not 'many'");
  EXPECT_FALSE(ReadYaml("qemu: {cpus: -1}", "m.yaml", &machine).ok());
  EXPECT_FALSE(ReadYaml("qemu: {cpus: 4294967296}", "m.yaml", &machine).ok());
}

TEST(Yaml, AutoSeedsAreAWordAndMayHaveRules) {
  v1::ExperimentSpec spec;
  ASSERT_TRUE(
      ReadYaml("seeds: auto\nauto_seeds: {limit: 40, width_percent: 7.5}\n", "e.yaml", &spec).ok());
  EXPECT_THAT(spec.seeds(), ElementsAre("auto"));
  EXPECT_EQ(spec.auto_seeds().limit(), 40u);
  EXPECT_EQ(spec.auto_seeds().width_percent(), 7.5);
  for (const char* width : {"wide", "nan", "inf"}) {
    const absl::Status status =
        ReadYaml(std::string("auto_seeds: {width_percent: ") + width + "}\n", "e.yaml", &spec);
    EXPECT_THAT(std::string(status.message()), HasSubstr("'width_percent' takes a number"))
        << width;
  }
}

TEST(Yaml, TwoChoicesOfOneOneofAreRefused) {
  v1::Base base;
  EXPECT_THAT(
      std::string(
          ReadYaml("origins:\n  - local: /a\n    git: {url: u}\n", "b.yaml", &base).message()),
      HasSubstr("b.yaml:3: 'git' excludes the other"));
}

class SettingsTest : public ::testing::Test {
 protected:
  absl::Status Load(std::vector<std::string> words) {
    CLI::App app("x");
    SettingsOptions options(&app, &settings_);
    std::reverse(words.begin(), words.end());
    app.parse(words);
    return options.Load();
  }
  ~SettingsTest() override { unsetenv("ROXLAB_LEASE_MS"); }

  TempDir dir_ = *TempDir::Make(::testing::TempDir(), "settings-");
  v1::ServerSettings settings_;
};

TEST_F(SettingsTest, DefaultsComeFromTheProto) {
  ASSERT_TRUE(Load({}).ok());
  EXPECT_EQ(settings_.lease_ms(), 30000u);
  EXPECT_EQ(settings_.listen(), "127.0.0.1:7310");
}

TEST_F(SettingsTest, OptionBeatsEnvironmentBeatsFileBeatsDefault) {
  const std::string file = dir_.path() / "server.yaml";
  std::ofstream(file) << "lease_ms: 1\nmax_attempts: 9\n";
  ASSERT_TRUE(Load({"--config", file}).ok());
  EXPECT_EQ(settings_.lease_ms(), 1u);
  EXPECT_EQ(settings_.max_attempts(), 9u);
  setenv("ROXLAB_LEASE_MS", "2", 1);
  ASSERT_TRUE(Load({"--config", file}).ok());
  EXPECT_EQ(settings_.lease_ms(), 2u);
  ASSERT_TRUE(Load({"--config", file, "--lease-ms", "3"}).ok());
  EXPECT_EQ(settings_.lease_ms(), 3u);
}

TEST_F(SettingsTest, AMistakeNamesItsSource) {
  EXPECT_EQ(Load({"--lease-ms", "soon"}).message(),
            "--lease-ms: 'lease_ms' takes a whole number, not 'soon'");
  const std::string file = dir_.path() / "server.yaml";
  std::ofstream(file) << "listen: x\nleese_ms: 1\n";
  EXPECT_EQ(Load({"--config", file}).message(),
            file + ":2: unknown key 'leese_ms'; did you mean 'lease_ms'?");
}

class CatalogTest : public ::testing::Test {
 protected:
  void Write(const std::string& path, const std::string& text) {
    std::filesystem::create_directories((dir_.path() / path).parent_path());
    std::ofstream(dir_.path() / path) << text;
  }
  TempDir dir_ = *TempDir::Make(::testing::TempDir(), "kernels-");
};

constexpr char kMail[] =
    "From 0123 Mon Sep 17 00:00:00 2001\nSubject: [PATCH] a\n\n---\n--- a/f\n+++ b/f\n"
    "@@ -1 +1 @@\n-a\n+b\n";

TEST_F(CatalogTest, TheProjectsOwnCatalogLoads) {
  absl::StatusOr<v1::Catalog> catalog = LoadCatalog(ROXLAB_SOURCE_DIR "/kernels");
  ASSERT_TRUE(catalog.ok()) << catalog.status();
  EXPECT_GE(catalog->variants_size(), 2);
  EXPECT_GE(catalog->experiments_size(), 1);
}

TEST_F(CatalogTest, ASeriesIsItsPatchesInOrderOfNames) {
  Write("series/s/series.yaml", "name: s\n");
  Write("series/s/0002-b.patch", kMail);
  Write("series/s/0001-a.patch", kMail);
  absl::StatusOr<v1::Catalog> catalog = LoadCatalog(dir_.path());
  ASSERT_TRUE(catalog.ok()) << catalog.status();
  ASSERT_EQ(catalog->series(0).patches_size(), 2);
  EXPECT_EQ(catalog->series(0).patches(0).name(), "0001-a.patch");
  EXPECT_EQ(catalog->series(0).patches(0).content(), kMail);
}

TEST_F(CatalogTest, AFileWhoseNameInsideDiffersIsRefused) {
  Write("machines/a.yaml", "name: b\n");
  EXPECT_THAT(std::string(LoadCatalog(dir_.path()).status().message()),
              HasSubstr("a.yaml:1: the name inside is 'b', expected 'a'"));
}

TEST_F(CatalogTest, AnMboxIsSplitAndItsCoverLetterLeftOut) {
  const std::string cover = "From 0000 Mon Sep 17 00:00:00 2001\nSubject: [PATCH 0/2]\n\nhello\n";
  Write("two.mbox", cover + kMail + kMail);
  absl::StatusOr<std::vector<v1::Patch>> patches = ReadPatches(dir_.path() / "two.mbox");
  ASSERT_TRUE(patches.ok()) << patches.status();
  ASSERT_EQ(patches->size(), 2u);
  EXPECT_EQ((*patches)[0].content(), kMail);
  EXPECT_EQ((*patches)[1].name(), "two.mbox#2");
}

TEST(Patches, AreTheSameFromBytesAsFromAFile) {
  const auto patches = ParsePatches(kMail, "dir/one.patch");
  ASSERT_TRUE(patches.ok()) << patches.status();
  ASSERT_EQ(patches->size(), 1u);
  EXPECT_EQ((*patches)[0].name(), "one.patch");
  EXPECT_EQ((*patches)[0].content(), kMail);
  EXPECT_FALSE(ParsePatches("", "empty").ok());
}

TEST(Patches, AFilesNameGivesAName) {
  EXPECT_EQ(NameFromFile("dir/my series.mbox"), "my-series");
  EXPECT_EQ(NameFromFile("..."), "series");
}

TEST_F(CatalogTest, AFileWithoutAPatchIsRefused) {
  Write("letter.txt", "Dear all\n");
  EXPECT_THAT(std::string(ReadPatches(dir_.path() / "letter.txt").status().message()),
              HasSubstr("letter.txt holds no patch"));
}

}  // namespace
}  // namespace roxlab
