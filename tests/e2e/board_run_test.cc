// SPDX-License-Identifier: Apache-2.0
//
// Runs on a board over SSH, and what boards do to a lab; the board is tests/standin. Each trial
// ends with a healthy board; with --full there are more of them, and each is done ten times.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <functional>
#include <nlohmann/json.hpp>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/substitute.h"
#include "absl/time/clock.h"
#include "common/files.h"
#include "tests/support/e2e_lab.h"
#include "tests/support/e2e_run.h"
#include "tests/support/standin.h"

namespace roxlab {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;
namespace fs = std::filesystem;

class BoardRunTest : public ::testing::Test {
 protected:
  BoardRunTest() : lab_(MakeE2eLab()), boards_(lab_.home() / "boards.d") {}

  virtual bool UsesUBoot() const { return false; }
  // Of the board's steps: enough on a busy host.
  virtual std::string Timeouts() const { return "{boot: 150, transfer: 150, return: 240}"; }

  void SetUp() override {
    fs::remove_all(boards_);
    auto made = Standin::Make(lab_.home() / "standin", {.firmware = UsesUBoot()});
    ASSERT_TRUE(made.ok()) << made.status();
    board_ = *std::move(made);
    ASSERT_TRUE(board_->Register(boards_).ok());
    // Held up for a while, so that something can happen to the board in the midst of a run.
    WriteWorkload("held",
                  "name: held\nphases:\n  - {name: boot}\n  - name: held\n"
                  "    steps: [{run_command: {argv: [sleep, \"10\"]}}]\n");
    Edit(boards_ / "standin.yaml",
         [this](std::string* text) { absl::StrAppend(text, "timeouts: ", Timeouts(), "\n"); });
  }

  // Before Start.
  void WriteWorkload(const std::string& name, const std::string& text) {
    ASSERT_TRUE(
        WriteFileAtomically(lab_.home() / "kernels/workloads" / (name + ".yaml"), text).ok());
  }

  static void Edit(const fs::path& file, const std::function<void(std::string*)>& edit) {
    absl::StatusOr<std::string> text = ReadFile(file);
    ASSERT_TRUE(text.ok()) << text.status();
    edit(&*text);
    ASSERT_TRUE(WriteFileAtomically(file, *text).ok());
  }

  void Start() {
    lab_.StartServer();
    lab_.StartRunner();
    Healthy();
  }

  json TheBoard() {
    const json all = json::parse(lab_.Cli({"boards", "--json"}).output, nullptr, false);
    return all.is_object() && all.contains("boards") && !all["boards"].empty() ? all["boards"][0]
                                                                               : json::object();
  }
  // Waits until the server knows the board in `state`; what it says of the board then.
  json BoardIn(const std::string& state, absl::Duration timeout = absl::Minutes(5)) {
    const absl::Time limit = absl::Now() + timeout;
    json board = TheBoard();
    while (board.value("state", "") != state && absl::Now() < limit) {
      absl::SleepFor(absl::Milliseconds(100));
      board = TheBoard();
    }
    EXPECT_EQ(board.value("state", ""), state) << board.dump() << lab_.runner().output();
    return board;
  }
  // Ready, and at its resident kernel.
  void Healthy() {
    BoardIn("BOARD_READY");
    const auto release = board_->SshUntil("uname -r && cat /proc/cmdline");
    ASSERT_TRUE(release.ok()) << release.status();
    EXPECT_THAT(*release, HasSubstr("-arm64"));
    EXPECT_THAT(*release, ::testing::Not(HasSubstr("roxlab.seed")));
  }

  // Hands in one run of the stock kernel; its experiment.
  std::string Submit(const std::string& workload, const std::string& cmdline = "") {
    const CliResult submitted = lab_.Cli(
        {"submit",
         lab_.Write("board.yaml",
                    absl::StrCat("name: board\ndefine: [{name: one, base: linux-7.3, configs: "
                                 "[lab, modules], cmdline: \"",
                                 cmdline, "\"}]\nmachines: [standin]\nworkloads: [", workload,
                                 "]\nseeds: [1]\n"))});
    EXPECT_EQ(submitted.status, 0) << submitted.output;
    return std::string(absl::StripAsciiWhitespace(submitted.output));
  }
  json Run(const std::string& experiment) {
    return json::parse(lab_.Cli({"show", experiment + "-1", "--json"}).output);
  }
  // The run once it is over.
  json Done(const std::string& experiment) {
    lab_.Cli({"watch", experiment});
    return Run(experiment);
  }
  // Waits until the run says that it is at this stage.
  void AwaitStage(const std::string& experiment, const std::string& stage) {
    const absl::Time limit = absl::Now() + absl::Minutes(30);
    while (absl::Now() < limit) {
      const json run = Run(experiment);
      if (run.contains("progress") && run["progress"].value("stage", "") == stage) return;
      ASSERT_NE(run.value("state", ""), "DONE") << run.dump(1);
      absl::SleepFor(absl::Milliseconds(20));
    }
    ADD_FAILURE() << "never at stage " << stage;
  }
  static void ExpectEnd(const json& run, const std::string& verdict, const std::string& kind,
                        const std::string& summary) {
    EXPECT_EQ(run.value("verdict", ""), verdict) << run.dump(1);
    EXPECT_EQ(run.value("/failure/kind"_json_pointer, ""), kind) << run.dump(1);
    EXPECT_THAT(run.value("/failure/summary"_json_pointer, ""), HasSubstr(summary));
  }

  // ROXLAB_TRIALS, or ten with --full.
  static int Times() {
    const char* times = std::getenv("ROXLAB_TRIALS");
    return times != nullptr ? std::atoi(times) : FullTests() ? 10 : 1;
  }
  // Does a trial as often as is asked for; after each the board is healthy.
  void Repeat(const std::function<void()>& trial) {
    Start();
    for (int i = 0; i < Times(); ++i) {
      SCOPED_TRACE(absl::StrCat("time ", i + 1));
      trial();
      ASSERT_NO_FATAL_FAILURE(Healthy());
      if (HasFailure()) break;
    }
  }

  LabProcess lab_;
  const fs::path boards_;
  std::unique_ptr<Standin> board_;
};

// Trials that take long.
class BoardTrialTest : public BoardRunTest {
 protected:
  void SetUp() override {
    if (!FullTests()) GTEST_SKIP() << "ROXLAB_FULL=1 does it";
    BoardRunTest::SetUp();
  }
};

TEST_F(BoardRunTest, ARunTellsWhatOneOnQemuTellsAndWhatOnlyABoardCan) {
  Start();
  const json run = Done(Submit("modules"));
  ASSERT_EQ(run.value("verdict", ""), "PASS") << run.dump(1) << lab_.runner().output();
  EXPECT_GT(Metric(run, "loaded", "linear.l3_entries"), Metric(run, "boot", "linear.l3_entries"));
  EXPECT_GT(Metric(run, "loaded", "perf.cycles"), 0);
  EXPECT_EQ(Metric(run, "loaded", "module_load.count"), 99);
  EXPECT_GE(Metric(run, "loaded", "module_load.p99"), Metric(run, "loaded", "module_load.p50"));
  EXPECT_GT(Metric(run, "loaded", "module_load.p50"), 0);
  // This PMU and this board cannot tell these; that is said, and there is no zero.
  const std::string measures = StoredText(lab_, run, "measures.loaded.txt");
  for (const char* missing : {"perf.dtlb_walk", "board.temperature", "board.frequency"}) {
    EXPECT_THAT(measures, HasSubstr(absl::StrCat("missing ", missing, " ")));
    EXPECT_THAT(run.dump(), ::testing::Not(HasSubstr(absl::StrCat("\"", missing, "\""))));
  }
  EXPECT_THAT(StoredText(lab_, run, "console.log"), HasSubstr("Linux version 7.3"));
  StoredText(lab_, run, "kcore.loaded.txt");
  ASSERT_NO_FATAL_FAILURE(Healthy());
}

TEST_F(BoardRunTest, ACommandsNumbersAreMetrics) {
  WriteWorkload("bench",
                "name: bench\nphases:\n  - name: done\n    steps:\n"
                "      - run_command: {argv: [sh, -c, \"echo requests 42.5 ops; "
                "echo said; echo 5% off\"]}\n");
  WriteWorkload("broken",
                "name: broken\nphases:\n  - name: done\n    steps:\n"
                "      - run_command: {argv: [sh, -c, \"echo no luck; exit 3\"]}\n");
  Start();
  const json run = Done(Submit("bench"));
  ASSERT_EQ(run.value("verdict", ""), "PASS") << run.dump(1);
  EXPECT_EQ(Metric(run, "done", "command.requests"), 42.5);
  ExpectEnd(Done(Submit("broken")), "FAIL", "workload", "sh ended with status 3: no luck");
}

TEST_F(BoardRunTest, AKernelThatPanicsAtBootIsAtFault) {
  Repeat([&] {
    ExpectEnd(Done(Submit("boot", "init=/none")), "FAIL", "panic", "Requested init /none failed");
  });
}

// Trials in which a step never comes to its end.
class EndlessStepTest : public BoardTrialTest {
 protected:
  std::string Timeouts() const override { return "{boot: 30, transfer: 40, return: 240}"; }
};

TEST_F(EndlessStepTest, AKernelThatHangsSilentlyIsAtFault) {
  Repeat([&] {
    ExpectEnd(Done(Submit("boot", "init=/bin/cat")), "FAIL", "boot", "not reached by SSH");
  });
}

TEST_F(EndlessStepTest, AKernelWithoutNetworkIsAtFault) {
  Repeat([&] {
    ExpectEnd(Done(Submit("boot", "initcall_blacklist=virtio_net_driver_init")), "FAIL", "boot",
              "not reached by SSH");
  });
}

TEST_F(BoardTrialTest, AnSshdThatGoesInMidRunDoesNotEndTheRun) {
  Repeat([&] {
    const std::string experiment = Submit("held");
    AwaitStage(experiment, "phase held");
    ASSERT_TRUE(board_->StopSshd().ok());
    EXPECT_EQ(Done(experiment).value("verdict", ""), "PASS");
  });
}

TEST_F(EndlessStepTest, ALinkThatIsCutInMidTransferIsNotTheKernelsFault) {
  Repeat([&] {
    ASSERT_TRUE(board_->Ssh("rm -rf /var/lib/roxlab").ok());
    const std::string experiment = Submit("boot");
    AwaitStage(experiment, "transferring the build");
    ASSERT_TRUE(board_->SetLink(false).ok());
    // The board is switched off and on, which mends the link, and the run is tried again.
    const json run = Done(experiment);
    EXPECT_EQ(run.value("verdict", ""), "PASS") << run.dump(1);
    EXPECT_GT(run.value("attempts", 0), 1);
  });
}

TEST_F(BoardTrialTest, AFullDiskIsNamedAndLeavesTheBoardInService) {
  Repeat([&] {
    ASSERT_TRUE(board_->Ssh("rm -rf /var/lib/roxlab").ok());
    ASSERT_TRUE(board_->FillDisk(4).ok());
    ExpectEnd(Done(Submit("boot")), "ERROR", "disk", "no room on the board");
    ASSERT_TRUE(board_->SshUntil("rm /root/filling && sync").ok());
  });
}

TEST_F(BoardTrialTest, AHostKeyThatIsNotTheKnownOneIsRefused) {
  Repeat([&] {
    const std::string key = *ReadFile(boards_ / "standin.hostkey");
    // A key is a key only when it is of the right length: of another board, that is.
    ASSERT_TRUE(RunAndRead({.argv = {"ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f",
                                     (lab_.home() / "other").string()},
                            .input = "y\n"})
                    .ok());
    ASSERT_TRUE(
        WriteFileAtomically(boards_ / "standin.hostkey", *ReadFile(lab_.home() / "other.pub"))
            .ok());
    const std::string experiment = Submit("boot");
    EXPECT_THAT(BoardIn("BOARD_QUARANTINED").value("reason", ""), HasSubstr("host key"));
    ASSERT_TRUE(WriteFileAtomically(boards_ / "standin.hostkey", key).ok());
    fs::remove(boards_ / "standin.quarantine");
    EXPECT_EQ(Done(experiment).value("verdict", ""), "PASS");
  });
}

TEST_F(BoardTrialTest, AnotherKernelThanTheBuildsIsFoundOut) {
  const auto kernel = BoardKernel();
  ASSERT_FALSE(kernel.empty());
  // The notes of type 3 that "GNU" has, of 20 bytes: build ids, the kernel's and the vDSO's.
  const std::string note("\4\0\0\0\24\0\0\0\3\0\0\0GNU\0", 16);
  const std::string image = *ReadFile(kernel.at("Image"));
  std::string build_ids;
  for (size_t at = image.find(note); at != std::string::npos; at = image.find(note, at + 1))
    absl::StrAppend(&build_ids, " ", at + note.size());
  // A kexec that loads another kernel than it is told to.
  ASSERT_TRUE(board_->Power("on").ok());
  const auto written = board_->SshUntil(absl::Substitute(R"(cat >/root/kexec <<'END'
#!/bin/sh
[ "$$1" = -l ] || exec kexec "$$@"
for image; do
  case $$image in --command-line=*) line=$$image ;; esac
done
cp "$$image" /root/other
for build_id in$0; do
  printf X | dd of=/root/other bs=1 seek=$$build_id conv=notrunc 2>/dev/null
done
exec kexec -l "$$line" /root/other
END
chmod +x /root/kexec && sync)",
                                                         build_ids));
  ASSERT_TRUE(written.ok()) << written.status();
  Edit(boards_ / "standin.yaml", [](std::string* text) {
    *text = absl::StrReplaceAll(*text, {{"{kexec: {}}", "{kexec: {program: /root/kexec}}"}});
  });
  Repeat([&] { ExpectEnd(Done(Submit("boot")), "ERROR", "infrastructure", "is not the build's"); });
}

TEST_F(EndlessStepTest, ABoardWhosePowerCannotBeSwitchedIsPutInQuarantineUntilSomebodyMendsIt) {
  const fs::path broken = lab_.home() / "broken", power = lab_.home() / "power";
  ASSERT_TRUE(WriteFileAtomically(
                  power, absl::StrCat("#!/bin/sh\n[ ! -e '", broken.string(),
                                      "' ] || { echo no relay; exit 1; }\nexec "
                                      "'" ROXLAB_SOURCE_DIR "/tests/standin/power' \"$@\"\n"))
                  .ok());
  fs::permissions(power, fs::perms::owner_all);
  Edit(boards_ / "standin.yaml", [&](std::string* text) {
    *text =
        absl::StrReplaceAll(*text, {{ROXLAB_SOURCE_DIR "/tests/standin/power", power.string()}});
  });
  Repeat([&] {
    ASSERT_TRUE(WriteFileAtomically(broken, "").ok());
    const std::string experiment = Submit("boot", "init=/bin/cat");
    EXPECT_THAT(BoardIn("BOARD_QUARANTINED").value("reason", ""), HasSubstr("no relay"));
    lab_.Cli({"cancel", experiment});
    fs::remove(broken);
    fs::remove(boards_ / "standin.quarantine");
  });
}

TEST_F(BoardRunTest, ARunnerThatIsKilledInMidJobBringsTheBoardBackBeforeAnythingElse) {
  Repeat([&] {
    const std::string experiment = Submit("held");
    AwaitStage(experiment, "phase held");
    lab_.runner().Kill();
    lab_.StartRunner();
    EXPECT_EQ(Done(experiment).value("verdict", ""), "PASS") << lab_.runner().output();
  });
}

class UBootTest : public BoardTrialTest {
 protected:
  bool UsesUBoot() const override { return true; }
};

TEST_F(UBootTest, TheTestKernelIsChosenInTheMenuOverTheSerialConsole) {
  Start();
  const json run = Done(Submit("modules"));
  EXPECT_EQ(run.value("verdict", ""), "PASS") << run.dump(1) << lab_.runner().output();
  const std::string console = StoredText(lab_, run, "console.log");
  EXPECT_THAT(console, HasSubstr("Enter choice: 2"));
  EXPECT_THAT(console, HasSubstr("Linux version 7.3"));
  ASSERT_NO_FATAL_FAILURE(Healthy());
  // Nothing of it is left in the menu.
  EXPECT_EQ(*board_->SshUntil("grep -c roxlab /boot/extlinux/extlinux.conf || true"), "0\n");
}

// The claim of rox-vs-stock, on a board.
TEST_F(BoardTrialTest, TheSeriesSavesOnABoardWhatItSavesOnQemu) {
  Start();
  std::map<std::string, double> change;
  for (const char* machine : {"standin", "qemu-bbml3"}) {
    const CliResult submitted = lab_.Cli(
        {"submit", lab_.Write("board.yaml",
                              absl::StrCat("name: board\nvariants: [stock, rox-cache]\nmachines: [",
                                           machine, "]\nworkloads: [modules]\nseeds: [1-8]\n"))});
    ASSERT_EQ(submitted.status, 0) << submitted.output;
    const std::string experiment(absl::StripAsciiWhitespace(submitted.output));
    EXPECT_EQ(lab_.Cli({"watch", experiment}).status, 0);
    const json compared = json::parse(lab_.Cli({"compare", experiment, "--json"}).output);
    for (const json& row : compared["rows"])
      if (row["phase"] == "loaded" && row["metric"] == "linear.l3_entries_noncont")
        change[machine] = row["delta_percent"];
  }
  EXPECT_LT(change["standin"], -15);
  EXPECT_NEAR(change["standin"], change["qemu-bbml3"], 10);
}

}  // namespace
}  // namespace roxlab
