// SPDX-License-Identifier: Apache-2.0
//
// Runs of the stock kernel, without a server.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "runner/machine/execute_run.h"
#include "tests/support/e2e_lab.h"
#include "tests/support/memory_job_context.h"

namespace roxlab {
namespace {

using ::testing::AllOf;
using ::testing::AnyOf;
using ::testing::Contains;
using ::testing::Gt;
using ::testing::HasSubstr;
using ::testing::Key;
using ::testing::Not;
using ::testing::SizeIs;

struct Outcome {
  JobResult result;
  MemoryJobContext context;
};

class RunTest : public ::testing::Test {
 protected:
  void SetUp() override {
    files_ = StockKernel();
    ASSERT_FALSE(files_.empty());
    job_ = WorkloadOfAllModules();
  }

  v1::RunJob WorkloadOfAllModules() {
    v1::RunJob job;
    job.set_build("test");
    job.set_seed(1);
    for (const auto& [name, path] : files_) job.add_artifacts()->set_name(name);
    job.mutable_machine()->set_name("qemu-bbml3");
    job.mutable_machine()->set_cmdline("rodata=on");
    job.mutable_machine()->mutable_qemu()->set_cpu("max,midr=0x410fd8a0");
    AddPhase(job, "boot");
    AddPhase(job, "loaded")->set_load_modules("all");
    AddPhase(job, "unloaded")->set_unload_modules("all");
    return job;
  }

  static v1::Step* AddPhase(v1::RunJob& job, const std::string& name) {
    v1::Phase* phase = job.mutable_workload()->add_phases();
    phase->set_name(name);
    return name == "boot" ? nullptr : phase->add_steps();
  }

  void Run(Outcome& outcome) {
    outcome.context.files = files_;
    outcome.result = ExecuteRun(job_, settings_, outcome.context);
  }

  std::map<std::string, std::filesystem::path> files_;
  v1::RunJob job_;
  RunSettings settings_{.probe = ROXLAB_BIN_DIR "/roxlab-probe", .observe = true};
};

double MetricOf(const v1::Snapshot& snapshot, absl::string_view name) {
  for (const v1::Metric& metric : snapshot.metrics())
    if (metric.name() == name) return metric.value();
  return -1;
}

TEST_F(RunTest, LoadsAndUnloadsEveryModuleAndCountsEachPhase) {
  Outcome run;
  Run(run);
  ASSERT_EQ(run.result.verdict(), v1::PASS) << run.result.failure().DebugString();
  // Each of the three by ptdump, and then from outside.
  ASSERT_THAT(run.result.snapshots(), SizeIs(6));
  const double boot = MetricOf(run.result.snapshots(0), "linear.l3_entries");
  EXPECT_THAT(boot, Gt(0));
  EXPECT_EQ(run.result.snapshots(3).phase(), "loaded");
  EXPECT_EQ(run.result.snapshots(3).collector(), "guest-ram");
  EXPECT_GT(MetricOf(run.result.snapshots(2), "linear.l3_entries"), boot);
  auto lines = [&](const char* name) {
    const std::string& text = run.context.stored.at(name);
    return std::count(text.begin(), text.end(), '\n');
  };
  EXPECT_EQ(lines("modules.boot.txt"), 0);
  EXPECT_GE(lines("modules.loaded.txt"), 60);
  EXPECT_EQ(lines("modules.unloaded.txt"), 0);
  EXPECT_EQ(run.context.log, run.context.stored.at("console.log"));
  EXPECT_EQ(run.context.progress_seen.front().stage(), "boot");
  EXPECT_EQ(run.context.progress_seen.back().stage(), "phase unloaded");
}

TEST_F(RunTest, AllThreeReadingsOfEachPhaseAgree) {
  settings_.kcore = true;
  Outcome run;
  Run(run);
  ASSERT_EQ(run.result.verdict(), v1::PASS) << run.result.failure().DebugString();
  ASSERT_THAT(run.result.snapshots(), SizeIs(9));
  EXPECT_EQ(run.result.snapshots(5).phase(), "loaded");
  EXPECT_EQ(run.result.snapshots(5).collector(), "kcore");
  for (absl::string_view phase : {"boot", "loaded", "unloaded"}) {
    const std::string walk = run.context.stored.at(absl::StrCat("walk.", phase, ".txt"));
    EXPECT_GT(walk.size(), 10'000u);
    EXPECT_TRUE(run.context.stored.at(absl::StrCat("kcore.", phase, ".txt")) == walk) << phase;
  }
}

TEST_F(RunTest, WhatTheProbeSeesDoesNotDependOnWhoElseLooks) {
  settings_.kcore = true;
  Outcome watched, alone;
  Run(watched);
  settings_.observe = false;
  Run(alone);
  ASSERT_EQ(alone.result.verdict(), v1::PASS) << alone.result.failure().DebugString();
  EXPECT_THAT(alone.result.snapshots(), SizeIs(6));
  EXPECT_THAT(alone.context.stored, Not(Contains(Key("walk.boot.txt"))));
  for (const char* name : {"kcore.boot.txt", "kcore.loaded.txt", "kcore.unloaded.txt"})
    EXPECT_TRUE(alone.context.stored.at(name) == watched.context.stored.at(name)) << name;
}

TEST_F(RunTest, OneSeedGivesTheSameBytesAndAnotherSeedDoesNot) {
  Outcome first, second, other;
  std::thread beside([&] { Run(first); });  // Busy company must not change anything.
  Run(second);
  beside.join();
  job_.set_seed(2);
  Run(other);
  ASSERT_EQ(first.result.verdict(), v1::PASS) << first.result.failure().DebugString();
  EXPECT_THAT(first.context.stored, SizeIs(15));
  for (const auto& [name, content] : first.context.stored)
    EXPECT_TRUE(second.context.stored.at(name) == content) << name << " differs";
  for (const char* name : {"ptdump.boot.txt", "ptdump.loaded.txt", "modules.loaded.txt"})
    EXPECT_FALSE(other.context.stored.at(name) == first.context.stored.at(name)) << name;
}

TEST_F(RunTest, ToBeSeenFromOutsideMakesNoDifferenceToTheGuest) {
  for (uint32_t cpus : {1, 2, 4}) {
    SCOPED_TRACE(testing::Message() << cpus << " CPUs");
    job_.mutable_machine()->mutable_qemu()->set_cpus(cpus);
    Outcome seen, unseen;
    settings_.observe = true;
    Run(seen);
    settings_.observe = false;
    Run(unseen);
    ASSERT_EQ(seen.result.verdict(), v1::PASS) << seen.result.failure().DebugString();
    ASSERT_EQ(unseen.result.verdict(), v1::PASS) << unseen.result.failure().DebugString();
    EXPECT_THAT(unseen.result.snapshots(), SizeIs(3));
    for (const auto& [name, content] : unseen.context.stored) {
      // The console goes on after the last snapshot; there a tick may come earlier or later.
      if (name == "console.log") continue;
      EXPECT_TRUE(seen.context.stored.at(name) == content) << name << " differs";
    }
  }
}

TEST_F(RunTest, NamedModulesComeWithWhatTheyNeed) {
  job_.clear_workload();
  AddPhase(job_, "loaded")->set_load_modules("vfat nls-utf8");
  Outcome run;
  Run(run);
  ASSERT_EQ(run.result.verdict(), v1::PASS) << run.result.failure().DebugString();
  EXPECT_THAT(run.context.stored.at("modules.loaded.txt"),
              AllOf(HasSubstr("vfat "), HasSubstr("fat "), HasSubstr("nls_utf8 ")));
}

TEST_F(RunTest, NamedModulesAreLoadedInTheOrderGiven) {
  auto order = [this](const std::string& names) {
    job_.clear_workload();
    AddPhase(job_, "loaded")->set_load_modules(names);
    Outcome run;
    Run(run);
    EXPECT_EQ(run.result.verdict(), v1::PASS) << run.result.failure().DebugString();
    // The kernel lists the newest first.
    std::string list;
    for (absl::string_view line : absl::StrSplit(run.context.stored.at("modules.loaded.txt"), '\n'))
      absl::StrAppend(&list, line.substr(0, line.find(' ')), " ");
    return list;
  };
  EXPECT_EQ(order("vfat nls-utf8 veth"), "veth nls_utf8 vfat fat  ");
  EXPECT_EQ(order("veth nls-utf8 vfat"), "vfat fat nls_utf8 veth  ");
}

TEST_F(RunTest, AModuleThatIsNotThereFailsTheWorkloadAndKeepsTheSnapshotsBefore) {
  job_.mutable_workload()->mutable_phases(1)->mutable_steps(0)->set_load_modules("no_such");
  Outcome run;
  Run(run);
  EXPECT_EQ(run.result.verdict(), v1::FAIL);
  EXPECT_EQ(run.result.failure().kind(), "workload");
  EXPECT_THAT(run.result.failure().summary(), HasSubstr("no module 'no_such' (in phase loaded)"));
  EXPECT_THAT(run.result.snapshots(), SizeIs(2));
  EXPECT_THAT(run.context.stored, Contains(Key("console.log")));
}

TEST_F(RunTest, APanicBeforeTheProbeIsShown) {
  job_.set_cmdline("lpj=1 nokaslr mem=8M");
  Outcome run;
  Run(run);
  EXPECT_EQ(run.result.verdict(), v1::FAIL);
  EXPECT_THAT(run.result.failure().kind(), AnyOf("panic", "boot"))
      << run.result.failure().DebugString();
  EXPECT_FALSE(run.result.failure().excerpt().empty());
}

TEST_F(RunTest, AFileThatIsNoKernelHangsUntilTheTimeout) {
  std::filesystem::path zeros = std::filesystem::path(::testing::TempDir()) / "zeros";
  // An arm64 instruction that branches to itself.
  std::string image;
  while (image.size() < 4096) image.append("\x00\x00\x00\x14", 4);
  ASSERT_TRUE(WriteFileAtomically(zeros, image).ok());
  files_["Image"] = zeros;
  job_.mutable_machine()->set_timeout_seconds(2);
  Outcome run;
  Run(run);
  EXPECT_EQ(run.result.verdict(), v1::FAIL);
  EXPECT_EQ(run.result.failure().kind(), "timeout");
  EXPECT_THAT(run.result.failure().summary(), HasSubstr("before the probe started"));
}

TEST_F(RunTest, AStopEndsARunInItsMiddle) {
  Outcome run;
  run.context.on_report = [&](const v1::Progress& progress) {
    if (progress.stage() == "phase loaded") run.context.stop_.Stop();
  };
  Run(run);
  EXPECT_EQ(run.result.verdict(), v1::CANCELLED);
  EXPECT_THAT(run.context.stored, Not(Contains(Key("console.log"))));
}

TEST_F(RunTest, ACpuThatQemuDoesNotKnowIsTheLabsFault) {
  job_.mutable_machine()->mutable_qemu()->set_cpu("cortex-none");
  Outcome run;
  Run(run);
  EXPECT_EQ(run.result.verdict(), v1::ERROR);
  EXPECT_EQ(run.result.failure().kind(), "infrastructure");
  EXPECT_THAT(run.result.failure().excerpt(), HasSubstr("cortex-none"));
}

}  // namespace
}  // namespace roxlab
