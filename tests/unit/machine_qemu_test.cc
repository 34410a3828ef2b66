// SPDX-License-Identifier: Apache-2.0
//
// Whole runs on a stand-in for QEMU: a shell script that writes what a guest would.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "absl/strings/str_cat.h"
#include "runner/machine/execute_run.h"
#include "runner/machine/qemu.h"
#include "tests/support/memory_job_context.h"
#include "tests/unit/pagetable_text.h"
#include "tests/unit/probe_stream.h"

namespace roxlab {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Key;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;

class QemuTest : public ::testing::Test {
 protected:
  QemuTest() {
    Write("Image", "kernel");
    Write("modules.cpio", "070701");
    Write("probe", "probe");
    context_.files = {{"Image", dir_.path() / "Image"},
                      {"modules.cpio", dir_.path() / "modules.cpio"}};
    settings_.probe = dir_.path() / "probe";
    job_.set_build("b1");
    job_.set_seed(3);
    for (const auto& [name, path] : context_.files) job_.add_artifacts()->set_name(name);
    job_.mutable_machine()->mutable_qemu()->set_cpu("max");
    job_.mutable_workload()->add_phases()->set_name("boot");
    job_.mutable_workload()->add_phases()->set_name("loaded");
  }

  void Write(const std::string& name, absl::string_view content) {
    ASSERT_TRUE(WriteFileAtomically(dir_.path() / name, content).ok());
  }

  // Runs with a QEMU that writes `results` and then does `script` in its directory.
  JobResult Run(const std::string& script, absl::string_view results = "") {
    Write("results", results);
    Write("qemu",
          absl::StrCat("#!/bin/sh\n[ \"$1\" != --version ] || exec echo 'QEMU 0.1'\ncp '",
                       (dir_.path() / "results").string(), "' results.bin\n", script, "\n"));
    settings_.qemu = (dir_.path() / "qemu").string();
    EXPECT_EQ(chmod(settings_.qemu.c_str(), 0755), 0);
    return ExecuteRun(job_, settings_, context_);
  }

  std::string Complete(const std::string& dump) {
    return ProbeStream()
        .Add(probe::RecordType::kHello, "", "7.3.4")
        .Phase("boot", dump)
        .Phase("loaded", dump, "fat 1\n")
        .Add(probe::RecordType::kEnd)
        .bytes;
  }
  std::string Dump() {
    return pagetable::LinearDump({{2 * pagetable::kMiB, "PMD", pagetable::kBlockRw}});
  }

  TempDir dir_ = *TempDir::Make(::testing::TempDir(), "qemu-");
  MemoryJobContext context_;
  RunSettings settings_;
  v1::RunJob job_;
};

// Half a second of work, on a CPU that three others want too.
TEST_F(QemuTest, WaitingForACpuDoesNotCountAsTheKernelsTime) {
  job_.mutable_machine()->set_timeout_seconds(1);
  Write("late", Complete(Dump()));
  JobResult result =
      Run(absl::StrCat("cpu=$(taskset -cp $$ | sed 's/.*[ ,-]//')\n"
                       "for i in 1 2 3; do taskset -c $cpu sh -c 'while :; do :; done' & done\n"
                       "exec taskset -c $cpu sh -c 'while read ran rest </proc/self/schedstat && "
                       "[ $ran -lt 500000000 ]; do :; done; cat >results.bin' <'",
                       (dir_.path() / "late").string(), "'"));
  EXPECT_EQ(result.verdict(), v1::PASS) << result.failure().DebugString();
}

TEST_F(QemuTest, ACompleteRunPassesWithAllThatCameOut) {
  JobResult result = Run("echo hello >console.log", Complete(Dump()));
  ASSERT_EQ(result.verdict(), v1::PASS) << result.failure().DebugString();
  EXPECT_FALSE(result.has_failure());
  EXPECT_THAT(
      context_.stored,
      UnorderedElementsAre(Key("qemu-version.txt"), Key("ptdump.boot.txt"), Key("modules.boot.txt"),
                           Key("ptdump.loaded.txt"), Key("modules.loaded.txt"), Key("console.log"),
                           Key("initramfs.cpio")));
  ASSERT_THAT(result.snapshots(), SizeIs(2));
  EXPECT_EQ(result.snapshots(1).phase(), "loaded");
  EXPECT_EQ(result.snapshots(1).collector(), "ptdump");
  EXPECT_EQ(result.snapshots(1).raw().sha256(), Sha256Hex(Dump()));
  EXPECT_THAT(result.snapshots(1).metrics(), Not(IsEmpty()));
  EXPECT_EQ(context_.log, "hello\n");
  EXPECT_THAT(result.argv(), Contains("-kernel"));
}

TEST_F(QemuTest, AProbeThatSendsNoTablesFromKcoreIsTheLabsFault) {
  settings_.kcore = true;
  JobResult result = Run("", Complete(Dump()));
  EXPECT_EQ(result.verdict(), v1::ERROR);
  EXPECT_THAT(
      result.failure().summary(),
      HasSubstr("snapshot of phase boot: the tables from /proc/kcore: they have no header"));
  EXPECT_THAT(result.snapshots(), SizeIs(2));
}

TEST_F(QemuTest, RelativeNamesInTheCommandAreThoseOfItsDirectory) {
  JobResult result =
      Run("cat Image initramfs.cpio | grep -c 'kernel\\|probe\\|070701' >console.log; "
          "[ \"$(cat Image)\" = kernel ]");
  EXPECT_EQ(result.failure().kind(), "boot") << result.failure().DebugString();
}

TEST_F(QemuTest, AMissingQemuNamesItsPackage) {
  settings_.qemu = "qemu-system-none";
  JobResult result = ExecuteRun(job_, settings_, context_);
  EXPECT_EQ(result.verdict(), v1::ERROR);
  EXPECT_EQ(result.failure().kind(), "tool");
  EXPECT_THAT(result.failure().summary(), HasSubstr("qemu-system-arm"));
}

TEST_F(QemuTest, AQemuThatDoesNotStartIsTheLabsFaultInItsOwnWords) {
  JobResult result = Run("echo 'unable to find CPU model' >&2; exit 1");
  EXPECT_EQ(result.verdict(), v1::ERROR);
  EXPECT_EQ(result.failure().kind(), "infrastructure");
  EXPECT_THAT(result.failure().summary(), HasSubstr("exit status 1"));
  EXPECT_THAT(result.failure().excerpt(), HasSubstr("unable to find CPU model"));
}

TEST_F(QemuTest, AKernelThatNeverReachesTheProbeIsABootFailure) {
  JobResult result = Run("echo 'last words' >console.log");
  EXPECT_EQ(result.verdict(), v1::FAIL);
  EXPECT_EQ(result.failure().kind(), "boot");
  EXPECT_EQ(result.failure().excerpt(), "last words");
}

TEST_F(QemuTest, AHangEndsWithTheTimeout) {
  job_.mutable_machine()->set_timeout_seconds(1);
  JobResult result = Run("echo 'here it hangs' >console.log; sleep 600",
                         ProbeStream().Add(probe::RecordType::kHello).Phase("boot", Dump()).bytes);
  EXPECT_EQ(result.verdict(), v1::FAIL);
  EXPECT_EQ(result.failure().kind(), "timeout");
  EXPECT_EQ(result.failure().excerpt(), "here it hangs");
  EXPECT_THAT(result.snapshots(), SizeIs(1));
}

TEST_F(QemuTest, AKernelThatSaysItIsStuckIsNotWaitedFor) {
  JobResult result = Run(
      "printf 'INFO: task init:1 blocked for more than 60 seconds.\\nCall trace:\\n' >console.log; "
      "sleep 600");
  EXPECT_EQ(result.verdict(), v1::FAIL);
  EXPECT_EQ(result.failure().kind(), "timeout");
  EXPECT_THAT(result.failure().summary(), HasSubstr("INFO: task init:1 blocked"));
  EXPECT_THAT(result.failure().excerpt(), HasSubstr("Call trace:"));
}

TEST_F(QemuTest, AWarningFailsTheRunAndKeepsItsSnapshots) {
  JobResult result = Run("echo 'WARNING: mm/execmem.c:1 at f' >console.log", Complete(Dump()));
  EXPECT_EQ(result.verdict(), v1::FAIL);
  EXPECT_EQ(result.failure().kind(), "warn");
  EXPECT_THAT(result.snapshots(), SizeIs(2));
  EXPECT_THAT(result.artifacts(), SizeIs(7));
}

TEST_F(QemuTest, ADumpThatDoesNotParseIsAnErrorAndTheDumpIsKept) {
  JobResult result = Run("", Complete("---[ Linear Mapping start ]---\nrubbish\n"));
  EXPECT_EQ(result.verdict(), v1::ERROR);
  EXPECT_EQ(result.failure().kind(), "infrastructure");
  EXPECT_THAT(result.failure().summary(), HasSubstr("snapshot of phase boot: "));
  EXPECT_THAT(result.snapshots(), SizeIs(2));
  EXPECT_THAT(context_.stored["ptdump.boot.txt"], HasSubstr("rubbish"));
}

TEST_F(QemuTest, ATornStreamIsTheLabsFault) {
  std::string torn = Complete(Dump());
  torn[torn.size() / 2] ^= 1;
  JobResult result = Run("", torn);
  EXPECT_EQ(result.verdict(), v1::ERROR);
  EXPECT_THAT(result.failure().summary(), HasSubstr("the result stream is torn"));
}

TEST_F(QemuTest, AConsoleThatNeverEndsIsCutOff) {
  JobResult result = Run("yes 'the same line over and over' >console.log");
  EXPECT_EQ(result.verdict(), v1::FAIL);
  EXPECT_THAT(result.failure().summary(), HasSubstr("the console runs over"));
}

TEST_F(QemuTest, AStoreThatIsFullIsADiskError) {
  context_.store_error = absl::ResourceExhaustedError("no space left on device");
  JobResult result = Run("", Complete(Dump()));
  EXPECT_EQ(result.verdict(), v1::ERROR);
  EXPECT_EQ(result.failure().kind(), "disk");
}

TEST_F(QemuTest, AStopKillsItAndStoresNothing) {
  context_.on_report = [&](const v1::Progress&) { context_.stop_.Stop(); };
  JobResult result = Run("sleep 600");
  EXPECT_EQ(result.verdict(), v1::CANCELLED);
  EXPECT_THAT(context_.stored, IsEmpty());
}

TEST_F(QemuTest, ABuildWithoutAnImageIsTheLabsFault) {
  job_.clear_artifacts();
  JobResult result = Run("");
  EXPECT_EQ(result.verdict(), v1::ERROR);
  EXPECT_THAT(result.failure().summary(), HasSubstr("build b1 has no artifact 'Image'"));
}

TEST_F(QemuTest, AMachineOfAnotherKindIsRefused) {
  job_.mutable_machine()->clear_kind();
  EXPECT_EQ(Run("").verdict(), v1::ERROR);
}

TEST(FileTail, GivesWhatIsNewAndWaitsForAFileThatIsNotThere) {
  TempDir dir = *TempDir::Make(::testing::TempDir(), "tail-");
  FileTail tail(dir.path() / "log");
  std::vector<std::string> seen;
  auto poll = [&] {
    return tail.Poll([&](absl::string_view bytes) {
      seen.emplace_back(bytes);
      return absl::OkStatus();
    });
  };
  EXPECT_TRUE(poll().ok());
  for (const char* content : {"one", "one two", "one two"}) {
    ASSERT_TRUE(WriteFileAtomically(dir.path() / "log", content).ok());
    EXPECT_TRUE(poll().ok());
  }
  EXPECT_THAT(seen, ElementsAre("one", " two"));
}

}  // namespace
}  // namespace roxlab
