// SPDX-License-Identifier: Apache-2.0
//
// The repositories, on a real database in a temporary directory.
#include <gmock/gmock.h>
#include <google/protobuf/util/message_differencer.h>
#include <gtest/gtest.h>

#include "common/files.h"
#include "common/hash.h"
#include "db/artifacts.h"
#include "db/bases.h"
#include "db/builds.h"
#include "db/connection.h"
#include "db/database.h"
#include "db/definitions.h"
#include "db/experiments.h"
#include "db/jobs.h"
#include "db/migrations.h"
#include "db/runs.h"
#include "db/snapshots.h"
#include "db/tests.h"
#include "db/variants.h"
#include "tests/support/test_catalog.h"

namespace roxlab {
namespace {

using ::google::protobuf::util::MessageDifferencer;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class TablesTest : public ::testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(Migrate(db_, EmbeddedMigrations()).ok()); }

  static v1::Artifact File(const std::string& name) {
    v1::Artifact artifact;
    artifact.set_name(name);
    artifact.set_sha256(Sha256Hex(name));
    artifact.set_size(name.size());
    return artifact;
  }
  int64_t NewBuild(const std::string& id) {
    BuildInputs inputs;
    inputs.base.set_name("linux-7.3");
    inputs.toolchain = "gcc";
    inputs.patches = {File("p1"), File("p2"), File("p1")};
    inputs.configs = {File("lab")};
    return *builds_.Insert(id, inputs, 1);
  }
  int64_t NewExperiment(const std::string& id) {
    v1::Experiment experiment;
    experiment.set_id(id);
    experiment.set_name("x");
    experiment.set_created_ms(1);
    return *experiments_.Insert(experiment, "");
  }
  // An experiment of one variant with `runs` runs.
  int64_t NewRuns(const std::string& id, int64_t build, int runs) {
    const v1::Catalog catalog = TestCatalog();
    NewRun run;
    run.experiment = NewExperiment(id);
    run.variant = *VariantTable(db_).Insert(run.experiment, "stock", build, "quiet");
    run.build = build;
    run.machine = *DefinitionTable(db_).Intern(catalog.machines(0));
    run.workload = *DefinitionTable(db_).Intern(catalog.workloads(0));
    for (run.number = 1; run.number <= runs; ++run.number) {
      run.seed = static_cast<uint64_t>(run.number);
      EXPECT_TRUE(runs_.Insert(run, 1).ok());
    }
    return run.experiment;
  }
  static Ending Passed() { return {v1::PASS, {}, 1}; }

  TempDir dir_ = *TempDir::Make(::testing::TempDir(), "db-");
  std::unique_ptr<Connection> connection_ =
      *Connection::Open(dir_.path() / "lab.db", Connection::Mode::kReadWrite);
  Connection& db_ = *connection_;
  BuildTable builds_{db_};
  RunTable runs_{db_};
  ExperimentTable experiments_{db_};
  JobTable jobs_{db_};
};

TEST_F(TablesTest, ABuildComesBackWithItsInputsAndOutputs) {
  const int64_t seq = NewBuild("abc");
  ArtifactList outputs;
  *outputs.Add() = File("Image");
  *outputs.Add() = File("System.map");
  ArtifactTable artifacts(db_);
  ASSERT_TRUE(artifacts.SetOutputs(ArtifactTable::Owner::kBuild, seq, outputs, 2).ok());
  const StoredBuild stored = *builds_.Get("abc");
  EXPECT_THAT(stored.build.patches(), ElementsAre("p1", "p2", "p1"));
  ASSERT_EQ(stored.build.inputs_size(), 4);
  EXPECT_TRUE(MessageDifferencer::Equals(stored.build.inputs(3), File("lab")));
  ASSERT_EQ(stored.build.artifacts_size(), 2);
  EXPECT_TRUE(MessageDifferencer::Equals(stored.build.artifacts(1), File("System.map")));
  EXPECT_EQ(stored.build.state(), v1::QUEUED);
  EXPECT_FALSE(builds_.Insert("abc", {}, 1).ok());
}

TEST_F(TablesTest, IdsAreFoundByTheirBeginning) {
  NewBuild("abc1");
  NewBuild("abc2");
  NewBuild("abc");
  EXPECT_EQ(*builds_.Resolve("abc1"), "abc1");
  EXPECT_EQ(*builds_.Resolve("abc"), "abc");  // Whole, though others begin so.
  EXPECT_EQ(builds_.Resolve("ab").status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(builds_.Resolve("b").status().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(builds_.Resolve("").status().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(builds_.Resolve("%").status().code(), absl::StatusCode::kNotFound);
}

TEST_F(TablesTest, ARunComesBackWithArgvAndSnapshots) {
  const int64_t experiment = NewRuns("e1", NewBuild("b1"), 2);
  const int64_t run = (*runs_.OfExperiment(experiment))[0].seq;
  v1::FinishJobRequest result;
  for (const char* word : {"qemu", "", "-append", "a b\nc"}) result.add_argv(word);
  auto snapshots = FromText<v1::Run>(R"(
    snapshots { phase: "booted" collector: "ptdump"
                raw { name: "r" sha256: "aa" size: 3 }
                metrics { name: "linear.a" value: 1.5 unit: "entries" }
                metrics { name: "linear.b" value: -2 unit: "bytes" } }
    snapshots { phase: "loaded" collector: "ptdump" })");
  ASSERT_TRUE(runs_.Finish(run, Passed(), result, 9).ok());
  ASSERT_TRUE(SnapshotTable(db_).Set(run, snapshots.snapshots(), 9).ok());
  ASSERT_TRUE(SnapshotTable(db_).Set(run, snapshots.snapshots(), 9).ok());
  v1::Run stored = runs_.Get("e1-1")->run;
  EXPECT_THAT(stored.argv(), ElementsAre("qemu", "", "-append", "a b\nc"));
  *stored.mutable_snapshots() = *SnapshotTable(db_).Of(run);
  ASSERT_EQ(stored.snapshots_size(), 2);
  EXPECT_TRUE(MessageDifferencer::Equals(stored.snapshots(0), snapshots.snapshots(0)));
  EXPECT_TRUE(MessageDifferencer::Equivalent(stored.snapshots(1), snapshots.snapshots(1)));
  EXPECT_EQ(runs_.Get("e1-3").status().code(), absl::StatusCode::kNotFound);
}

TEST_F(TablesTest, ARunsTestsComeBackInTheirOrder) {
  const int64_t run = (*runs_.OfExperiment(NewRuns("e1", NewBuild("b1"), 1)))[0].seq;
  auto results = FromText<v1::Run>(R"(
    tests { name: "suite.b" status: TEST_FAILED diagnostic: "one\ntwo" }
    tests { name: "suite.a" status: TEST_PASSED }
    tests { name: "suite.a" status: TEST_SKIPPED diagnostic: "not here" })");
  TestTable tests(db_);
  EXPECT_THAT(*tests.Of(run), IsEmpty());
  ASSERT_TRUE(tests.Set(run, results.tests()).ok());
  ASSERT_TRUE(tests.Set(run, results.tests()).ok());
  v1::Run stored;
  *stored.mutable_tests() = *tests.Of(run);
  EXPECT_TRUE(MessageDifferencer::Equals(stored, results));
}

TEST_F(TablesTest, DefinitionsAreKeptOncePerContent) {
  v1::Machine machine = TestCatalog().machines(0);
  DefinitionTable definitions(db_);
  const int64_t first = *definitions.Intern(machine);
  EXPECT_EQ(*definitions.Intern(machine), first);
  machine.set_cmdline("changed");
  EXPECT_NE(*definitions.Intern(machine), first);
}

TEST_F(TablesTest, TheFirstPinOfABaseHolds) {
  BaseTable bases(db_);
  EXPECT_EQ(bases.Pin("linux", "t1", "r1", 1)->tree, "t1");
  EXPECT_EQ(bases.Pin("linux", "t2", "r2", 2)->tree, "t1");
  EXPECT_EQ(bases.Pin("linux", "t2", "r2", 2)->runner, "r1");
}

TEST_F(TablesTest, RunsAreQueuedOnceWhenTheirBuildIsThere) {
  const int64_t build = NewBuild("b1");
  NewRuns("e1", build, 3);
  ASSERT_TRUE(jobs_.QueueBuild(build, "", 0, 1).ok());
  const JobClass runs{JobKind::kRun, "arch=arm64,machine=qemu", 1536, ""};
  EXPECT_THAT(*jobs_.Ready(runs, 1, 10), IsEmpty());
  ASSERT_TRUE(jobs_.QueueRunsOf(build, 5).ok());
  ASSERT_TRUE(jobs_.QueueRunsOf(build, 6).ok());
  const auto ready = *jobs_.Ready(runs, 1, 10);
  ASSERT_THAT(ready, SizeIs(3));
  EXPECT_EQ(ready[0].target_id, "e1-1");
  EXPECT_EQ(ready[0].build_id, "b1");
  EXPECT_EQ(ready[0].queued_ms, 5);
  EXPECT_THAT(*jobs_.ReadyClasses(1), SizeIs(2));
  EXPECT_THAT(*jobs_.Ready({JobKind::kBuild, ""}, 1, 10), SizeIs(1));
}

TEST_F(TablesTest, ALeaseIsNumberedAndRunsOut) {
  const int64_t build = NewBuild("b1");
  ASSERT_TRUE(jobs_.QueueBuild(build, "", 0, 1).ok());
  JobRow job = **jobs_.Of(JobKind::kBuild, build);
  ASSERT_TRUE(jobs_.Lease(job, "r1", "s1", 100).ok());
  EXPECT_EQ(job.id(), "b1.1");
  EXPECT_THAT(*jobs_.LeasedTo("r1"), SizeIs(1));
  EXPECT_EQ((*jobs_.HeldByRunner())["r1"].builds, 1u);
  EXPECT_THAT(*jobs_.Expired(100), IsEmpty());
  EXPECT_THAT(*jobs_.Expired(101), SizeIs(1));
  ASSERT_TRUE(jobs_.ExtendAll(200).ok());
  EXPECT_THAT(*jobs_.Expired(101), IsEmpty());

  ASSERT_TRUE(jobs_.Release(job.seq, 1, 500).ok());
  EXPECT_THAT(*jobs_.Ready({JobKind::kBuild, ""}, 499, 10), IsEmpty());
  job = jobs_.Ready({JobKind::kBuild, ""}, 500, 10)->at(0);
  ASSERT_TRUE(jobs_.Lease(job, "r2", "s2", 900).ok());
  EXPECT_EQ(job.id(), "b1.2");
  ASSERT_TRUE(jobs_.NoteResult(job).ok());
  ASSERT_TRUE(jobs_.Remove(job.seq).ok());
  const LeaseRecord record = **jobs_.Leases("b1");
  EXPECT_EQ(record.newest, 2);
  EXPECT_EQ(record.with_result, 2);
  EXPECT_FALSE(jobs_.Leases("b2")->has_value());
}

TEST_F(TablesTest, NobodysJobsHideAnothers) {
  const int64_t build = NewBuild("b1");
  ASSERT_TRUE(jobs_.QueueBuild(build, "ann", 0, 1).ok());
  ASSERT_TRUE(jobs_.QueueBuild(NewBuild("b2"), "bob", 0, 1).ok());
  EXPECT_THAT(*jobs_.ReadyClasses(1), SizeIs(2));
  EXPECT_EQ(jobs_.Ready({JobKind::kBuild, "", 0, "bob"}, 1, 10)->at(0).target_id, "b2");
  JobRow job = **jobs_.Of(JobKind::kBuild, build);
  ASSERT_TRUE(jobs_.Lease(job, "r1", "s1", 100).ok());
  EXPECT_EQ((*jobs_.UnderWay())[JobClass(JobKind::kBuild, "", 0, "ann")], 1u);
}

TEST_F(TablesTest, ABuildIsAsUrgentAsTheMostUrgentWhoWaitsForIt) {
  const int64_t build = NewBuild("b1");
  ASSERT_TRUE(jobs_.QueueBuild(build, "ann", 1, 1).ok());
  ASSERT_TRUE(jobs_.RaiseBuild(build, 3).ok());
  ASSERT_TRUE(jobs_.RaiseBuild(build, 2).ok());
  EXPECT_EQ((*jobs_.Of(JobKind::kBuild, build))->priority, 3);
}

TEST_F(TablesTest, JobIdsAreReadStrictly) {
  std::string target;
  int64_t lease = 0;
  EXPECT_TRUE(SplitJobId("e1-12.3", &target, &lease));
  EXPECT_EQ(target, "e1-12");
  EXPECT_EQ(lease, 3);
  for (const char* bad : {"", ".", ".1", "a", "a.", "a.0", "a.-1", "a.01", "a.+1", "a. 1", "a.x"})
    EXPECT_FALSE(SplitJobId(bad, &target, &lease)) << bad;
  for (const char* bad : {"", "-", "a-", "-1", "a-0", "a-01", "a-x"})
    EXPECT_FALSE(SplitRunId(bad, &target, &lease)) << bad;
}

TEST_F(TablesTest, TalliesCountByStateAndVerdict) {
  const int64_t build = NewBuild("b1");
  const int64_t experiment = NewRuns("e1", build, 4);
  const auto runs = *runs_.OfExperiment(experiment);
  ASSERT_TRUE(runs_.MarkStarted(runs[0].seq, "r1", 1, 5).ok());
  ASSERT_TRUE(runs_.Finish(runs[1].seq, Passed(), {}, 5).ok());
  Ending failed{v1::FAIL, {}, 1};
  ASSERT_TRUE(runs_.Finish(runs[2].seq, failed, {}, 5).ok());
  const v1::Tally tally = experiments_.Get(experiment)->experiment.runs();
  EXPECT_EQ(tally.total(), 4u);
  EXPECT_EQ(tally.running(), 1u);
  EXPECT_EQ(tally.queued(), 1u);
  EXPECT_EQ(tally.passed(), 1u);
  EXPECT_EQ(tally.failed(), 1u);
  EXPECT_FALSE(*experiments_.IsUnjudged(experiment));
  EXPECT_EQ(*runs_.FinishOfExperiment(experiment, Passed(), 6), 2);
  EXPECT_TRUE(*experiments_.IsUnjudged(experiment));
  EXPECT_THAT(*experiments_.Unjudged(), ElementsAre(experiment));
  ASSERT_TRUE(experiments_.Finish(experiment, v1::FAIL, "so", 7).ok());
  ASSERT_TRUE(experiments_.Finish(experiment, v1::PASS, "too late", 8).ok());
  EXPECT_EQ(experiments_.Get(experiment)->experiment.verdict(), v1::FAIL);
  EXPECT_EQ(experiments_.Get(experiment)->experiment.runs().passed(), 3u);
}

TEST_F(TablesTest, ABuildThatOthersWaitForIsNotOnlyOurs) {
  const int64_t build = NewBuild("b1");
  const int64_t first = NewRuns("e1", build, 1);
  EXPECT_THAT(*builds_.OnlyFor(first), SizeIs(1));
  const int64_t second = NewRuns("e2", build, 1);
  EXPECT_THAT(*builds_.OnlyFor(first), IsEmpty());
  ASSERT_TRUE(runs_.FinishOfExperiment(second, Passed(), 2).ok());
  EXPECT_THAT(*builds_.OnlyFor(first), SizeIs(1));
}

}  // namespace
}  // namespace roxlab
