// SPDX-License-Identifier: Apache-2.0
//
// What the door says to bad submissions.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/server_fixture.h"

namespace roxlab {
namespace {

using ::testing::HasSubstr;

struct BadInput {
  std::string name;                                // Of the test.
  std::function<void(v1::ExperimentSpec&)> spoil;  // Of a good experiment.
  absl::StatusCode code;
  std::string says;
};

constexpr auto kInvalid = absl::StatusCode::kInvalidArgument;
constexpr auto kNotFound = absl::StatusCode::kNotFound;

v1::Variant& Define(v1::ExperimentSpec& spec, const std::string& name) {
  v1::Variant& variant = *spec.add_define();
  variant.set_name(name);
  variant.set_base("linux-7.3");
  variant.add_configs("lab");
  return variant;
}

std::vector<BadInput> BadInputs() {
  using Spec = v1::ExperimentSpec;
  return {
      {"NoName", [](Spec& s) { s.clear_name(); }, kInvalid, "name: '' is no valid name"},
      {"HostileName", [](Spec& s) { s.set_name("../x"); }, kInvalid, "is no valid name"},
      {"NoVariants", [](Spec& s) { s.clear_variants(); }, kInvalid, "variants: at least one"},
      {"UnknownVariant", [](Spec& s) { s.set_variants(0, "stok"); }, kNotFound,
       "unknown variant 'stok'; did you mean 'stock'?"},
      {"VariantTwice", [](Spec& s) { s.add_variants("stock"); }, kInvalid,
       "variant 'stock' comes twice"},
      {"UnknownMachine", [](Spec& s) { s.set_machines(0, "qemu-x"); }, kNotFound, "'qemu-a'"},
      {"NoMachine", [](Spec& s) { s.clear_machines(); }, kInvalid, "machines: at least one"},
      {"MachineTwice", [](Spec& s) { s.add_machines("qemu-a"); }, kInvalid, "comes twice"},
      {"UnknownWorkload", [](Spec& s) { s.set_workloads(0, "module"); }, kNotFound, "'modules'"},
      {"NoWorkload", [](Spec& s) { s.clear_workloads(); }, kInvalid, "workloads: at least one"},
      {"NoSeeds", [](Spec& s) { s.clear_seeds(); }, kInvalid, "seeds: at least one"},
      {"SeedWords", [](Spec& s) { s.set_seeds(0, "many"); }, kInvalid, "'many' is neither"},
      {"SeedSign", [](Spec& s) { s.set_seeds(0, "-3"); }, kInvalid, "'-3' is neither"},
      {"SeedRangeEmpty", [](Spec& s) { s.set_seeds(0, "8-1"); }, kInvalid, "'8-1' is empty"},
      {"SeedTwice", [](Spec& s) { s.add_seeds("2"); }, kInvalid, "seeds: 2 comes twice"},
      {"SeedsForEver", [](Spec& s) { s.set_seeds(0, "0-9223372036854775807"); }, kInvalid,
       "more than 10000"},
      {"SeedTooLarge", [](Spec& s) { s.set_seeds(0, "99999999999999999999"); }, kInvalid,
       "neither a number"},
      {"TooManyRuns", [](Spec& s) { s.set_seeds(0, "1-9000"); }, kInvalid,
       "more than 10000 runs: 2 variants x 1 machines x 1 workloads x 9000 seeds"},
      {"UnknownBaseline", [](Spec& s) { s.set_baseline("stick"); }, kNotFound,
       "baseline: unknown variant of the experiment 'stick'; did you mean 'stock'?"},
      {"ExpectUnknownVariant", [](Spec& s) { s.mutable_expect(0)->set_variant("rox"); }, kNotFound,
       "expect, number 1: unknown variant of the experiment 'rox'"},
      {"ExpectBaseline", [](Spec& s) { s.mutable_expect(0)->set_variant("stock"); }, kInvalid,
       "'stock' is the baseline"},
      {"ExpectMetric", [](Spec& s) { s.mutable_expect(0)->set_metric("l3"); }, kNotFound,
       "unknown metric 'l3': one is of the form region.name"},
      {"ExpectMisspeltMetric",
       [](Spec& s) { s.mutable_expect(0)->set_metric("linear.l3_entires"); }, kNotFound,
       "unknown metric 'linear.l3_entires'; did you mean 'linear.l3_entries'"},
      {"ExpectPhase", [](Spec& s) { s.mutable_expect(0)->set_phase("loadet"); }, kNotFound,
       "unknown phase 'loadet'; did you mean 'loaded'?"},
      {"ExpectRelation", [](Spec& s) { s.mutable_expect(0)->set_relation("less"); }, kNotFound,
       "unknown relation 'less'"},
      {"ExpectEvidence", [](Spec& s) { s.mutable_expect(0)->set_evidence("p"); }, kNotFound,
       "unknown kind of evidence 'p'"},
      {"ExpectTooFewSeedsForATest", [](Spec& s) { s.mutable_expect(0)->clear_evidence(); },
       kInvalid, "expect, number 1: 'below' needs at least 6 seeds, not 2"},
      {"ExpectTooFewSeedsForAnInterval", [](Spec& s) { *s.mutable_seeds(0) = "1"; }, kInvalid,
       "'below' needs at least 2 seeds, not 1: one pair has no interval"},
      {"ExpectMachine", [](Spec& s) { s.mutable_expect(0)->set_machine("board-b"); }, kNotFound,
       "unknown machine of the experiment 'board-b'"},
      {"ExpectWorkload", [](Spec& s) { s.mutable_expect(0)->set_workload("boot"); }, kNotFound,
       "unknown workload of the experiment 'boot'"},
      {"DefineTakenName", [](Spec& s) { Define(s, "stock"); }, kInvalid,
       "the lab has a variant 'stock' already"},
      {"DefineBadName", [](Spec& s) { Define(s, "a b"); }, kInvalid, "'a b' is no valid name"},
      {"DefineNoBase", [](Spec& s) { Define(s, "mine").clear_base(); }, kInvalid,
       "variant 'mine': base is missing"},
      {"DefineUnknownBase", [](Spec& s) { Define(s, "mine").set_base("linux-7.1"); }, kNotFound,
       "variant 'mine': unknown base 'linux-7.1'"},
      {"DefineUnknownSeries", [](Spec& s) { Define(s, "mine").add_series("rax"); }, kNotFound,
       "unknown series 'rax'; did you mean 'rox'?"},
      {"SeriesOfAnotherBase",
       [](Spec& s) {
         Define(s, "mine").set_base("linux-7.2");
         s.mutable_define(0)->add_series("rox");
       },
       kInvalid, "series 'rox' is not for base 'linux-7.2', but for: linux-7.3"},
      {"DefineUnknownConfig", [](Spec& s) { Define(s, "mine").add_configs("leb"); }, kNotFound,
       "unknown config 'leb'; did you mean 'lab'?"},
      {"EmptyPatch", [](Spec& s) { Define(s, "mine").add_patches()->set_name("a.patch"); },
       kInvalid, "patch 'a.patch' is empty"},
      {"PatchWithoutName", [](Spec& s) { Define(s, "mine").add_patches()->set_content("x"); },
       kInvalid, "patch names have 1 to 255"},
      {"TooManyPatches",
       [](Spec& s) {
         v1::Variant& mine = Define(s, "mine");
         for (int i = 0; i < 1001; ++i) {
           mine.add_patches()->set_name("p");
           mine.mutable_patches(i)->set_content("x");
         }
       },
       kInvalid, "more than 1000 patches"},
      {"PatchesTooLarge",
       [](Spec& s) {
         v1::Patch& patch = *Define(s, "mine").add_patches();
         patch.set_name("p");
         patch.set_content(std::string((48 << 20) + 1, 'x'));
       },
       kInvalid, "patches of more than 48 MiB"},
      {"FragmentTooLarge",
       [](Spec& s) {
         v1::ConfigFragment& fragment = *Define(s, "mine").add_fragments();
         fragment.set_name("f");
         fragment.set_content(std::string((1 << 20) + 1, 'x'));
       },
       kInvalid, "fragment 'f' has more than 1 MiB"},
      {"ToolchainPath", [](Spec& s) { Define(s, "mine").set_toolchain("/bin/sh"); }, kInvalid,
       "'/bin/sh' is not a program's name"},
      {"CmdlineForInit", [](Spec& s) { Define(s, "mine").set_cmdline("quiet -- x"); }, kInvalid,
       "cmdline: '--' would give the lab's own options to init"},
      {"CmdlineLines", [](Spec& s) { Define(s, "mine").set_cmdline("a\nb"); }, kInvalid,
       "cmdline: one line"},
      {"LongTitle", [](Spec& s) { s.set_title(std::string(201, 'x')); }, kInvalid, "title:"},
      {"TooManyVariants",
       [](Spec& s) {
         for (int i = 0; i < 100; ++i) Define(s, "v" + std::to_string(i));
       },
       kInvalid, "variants: more than 100"},
  };
}

class ServerInputTest : public ServerTest {};

TEST_F(ServerInputTest, EveryBadSubmissionIsRefusedWithItsReasonAndLeavesNothing) {
  for (const BadInput& bad : BadInputs()) {
    SCOPED_TRACE(bad.name);
    v1::ExperimentSpec spec = TestExperiment();
    bad.spoil(spec);
    const auto response = Submit(spec);
    ASSERT_FALSE(response.ok());
    EXPECT_EQ(response.status().code(), bad.code);
    EXPECT_THAT(std::string(response.status().message()), HasSubstr(bad.says));
  }
  const auto list = Call(&v1::Lab::Stub::ListExperiments, v1::ListExperimentsRequest());
  EXPECT_EQ(list->experiments_size(), 0);
}

TEST_F(ServerInputTest, AGoodOneWithItsOwnVariantIsTaken) {
  v1::ExperimentSpec spec = TestExperiment();
  v1::Variant& mine = Define(spec, "mine");
  mine.add_series("rox");
  mine.add_patches()->set_name("0001-mine.patch");
  mine.mutable_patches(0)->set_content("diff mine");
  mine.add_fragments()->set_name("extra");
  mine.mutable_fragments(0)->set_content("CONFIG_X=y\n");
  spec.clear_baseline();
  const auto response = Submit(spec);
  ASSERT_TRUE(response.ok()) << response.status();
  const v1::ExperimentSpec& kept = response->experiment().spec();
  EXPECT_EQ(kept.baseline(), "stock");
  EXPECT_EQ(kept.define(0).patches(0).name(), "0001-mine.patch");
  EXPECT_EQ(kept.define(0).patches(0).content(), "");
  const v1::GetExperimentResponse stored = Get(response->experiment().id());
  ASSERT_EQ(stored.builds_size(), 3);
  EXPECT_EQ(stored.builds(2).patches_size(), 3);
  EXPECT_EQ(stored.builds(2).inputs_size(), 5);
}

TEST_F(ServerInputTest, ALongRequestIdIsRefused) {
  v1::SubmitExperimentRequest request;
  *request.mutable_spec() = TestExperiment();
  request.set_request_id(std::string(65, 'x'));
  EXPECT_EQ(Call(&v1::Lab::Stub::SubmitExperiment, request).status().code(), kInvalid);
}

TEST_F(ServerInputTest, UnknownIdsAreNotFound) {
  v1::GetExperimentRequest experiment;
  experiment.set_id("nothing");
  EXPECT_EQ(Call(&v1::Lab::Stub::GetExperiment, experiment).status().code(), kNotFound);
  v1::GetRunRequest run;
  for (const char* id : {"", "x", "x-1", "-1", "x-y"}) {
    run.set_id(id);
    EXPECT_EQ(Call(&v1::Lab::Stub::GetRun, run).status().code(), kNotFound) << id;
  }
  v1::GetBuildRequest build;
  EXPECT_EQ(Call(&v1::Lab::Stub::GetBuild, build).status().code(), kNotFound);
  v1::ListExperimentsRequest list;
  list.set_page_token("x");
  EXPECT_EQ(Call(&v1::Lab::Stub::ListExperiments, list).status().code(), kInvalid);
}

TEST_F(ServerInputTest, AnAmbiguousIdAsksForMore) {
  for (int i = 0; i < 17; ++i) ASSERT_TRUE(Submit(TestExperiment()).ok());
  // Of 17 ids in hex, two begin with the same digit.
  int ambiguous = 0;
  for (char digit : std::string("0123456789abcdef")) {
    v1::GetExperimentRequest request;
    request.set_id(std::string(1, digit));
    const auto response = Call(&v1::Lab::Stub::GetExperiment, request);
    if (response.status().code() != kInvalid) continue;
    EXPECT_THAT(std::string(response.status().message()), HasSubstr("give more digits"));
    ++ambiguous;
  }
  EXPECT_GE(ambiguous, 1);
}

TEST_F(ServerInputTest, TheCatalogComesWithoutContent) {
  const auto catalog = Call(&v1::Lab::Stub::GetCatalog, v1::GetCatalogRequest());
  ASSERT_TRUE(catalog.ok()) << catalog.status();
  EXPECT_EQ(catalog->series(0).patches(0).name(), "0001-a.patch");
  EXPECT_EQ(catalog->series(0).patches(0).content(), "");
  EXPECT_EQ(catalog->configs(0).content(), "");
}

}  // namespace
}  // namespace roxlab
