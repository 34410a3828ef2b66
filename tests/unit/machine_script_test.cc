// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>

#include "runner/machine/script.h"

namespace roxlab {
namespace {

using ::testing::HasSubstr;

v1::Phase& AddPhase(v1::Workload& workload, const std::string& name) {
  v1::Phase* phase = workload.add_phases();
  phase->set_name(name);
  return *phase;
}

TEST(Script, IsOneCommandALine) {
  v1::Workload workload;
  AddPhase(workload, "boot");
  v1::Phase& loaded = AddPhase(workload, "loaded");
  loaded.add_steps()->set_load_modules("all");
  loaded.add_steps()->set_unload_modules(" vfat  nls-utf8 ");
  absl::StatusOr<std::string> script = RenderScript(workload);
  ASSERT_TRUE(script.ok()) << script.status();
  EXPECT_EQ(*script,
            "phase boot\nphase loaded\nload_modules all\nunload_modules vfat nls-utf8\nend\n");
}

TEST(Script, SymbolsAreToldOfWhereTheyAloneHaveTheNames) {
  v1::Workload workload;
  AddPhase(workload, "boot");
  EXPECT_EQ(*RenderScript(workload), "phase boot\nend\n");
  AddPhase(workload, "probed").add_steps()->mutable_add_kprobes()->set_count(3);
  EXPECT_EQ(*RenderScript(workload),
            "tell_symbols\nphase boot\nphase probed\nadd_kprobes 3 0\nend\n");
}

TEST(Script, BeginsWithWhatEverySnapshotHas) {
  v1::Workload workload;
  AddPhase(workload, "boot");
  EXPECT_EQ(*RenderScript(workload, true), "kcore_walk\nphase boot\nend\n");
}

// The lines of a workload of one step, given as a protobuf text; empty when it is refused.
std::string Lines(const std::string& step) {
  v1::Workload workload;
  EXPECT_TRUE(
      google::protobuf::TextFormat::ParseFromString(step, AddPhase(workload, "boot").add_steps()))
      << step;
  absl::StatusOr<std::string> script = RenderScript(workload);
  if (script.ok()) {
    const size_t begin = script->find("phase boot\n") + 11;
    return script->substr(begin, script->size() - begin - 4);  // "end\n"
  }
  EXPECT_EQ(script.status().code(), absl::StatusCode::kInvalidArgument);
  return "";
}

TEST(Script, EveryStepIsOneLineWithItsNumbersInOrder) {
  EXPECT_EQ(Lines("churn_modules { modules: 'vfat nls-utf8' times: 50 readers: 2 }"),
            "churn_modules 50 2 vfat nls-utf8\n");
  EXPECT_EQ(Lines("churn_modules { modules: 'all' }"), "churn_modules 1 0 all\n");
  EXPECT_EQ(Lines("age_memory { fill_percent: 90 keep_percent: 50 run_pages: 8 seed: 7 "
                  "exhaust_blocks: true unmovable_percent: 30 }"),
            "age_memory 90 50 8 7 1 30\n");
  EXPECT_EQ(Lines("age_memory { fill_percent: 1 }"), "age_memory 1 0 1 0 0 0\n");
  EXPECT_EQ(Lines("release_memory: true"), "release_memory\n");
  EXPECT_EQ(Lines("add_kprobes { count: 500 seed: 18446744073709551615 }"),
            "add_kprobes 500 18446744073709551615\n");
  EXPECT_EQ(Lines("remove_kprobes: true"), "remove_kprobes\n");
  EXPECT_EQ(Lines("load_bpf { count: 10 instructions: 400 seed: 3 }"), "load_bpf 10 400 3\n");
  EXPECT_EQ(Lines("unload_bpf: true"), "unload_bpf\n");
  EXPECT_EQ(Lines("tracer: 'function'"), "tracer function\n");
  EXPECT_EQ(Lines("kunit: 'arm64_rox-cache'"), "kunit arm64_rox-cache\n");
}

TEST(Script, ACommandsWordsStayWhatTheyAre) {
  EXPECT_EQ(Lines("run_command { argv: 'sh' argv: '-c' argv: 'echo \\\"a\\\" 5%; \\n' argv: '' }"),
            "run_command 60 sh -c echo%20\"a\"%205%25;%20%0A %\n");
  EXPECT_EQ(Lines("run_command { argv: 'stress-ng' timeout_seconds: 600 }"),
            "run_command 600 stress-ng\n");
}

TEST(Script, NumbersOutsideTheirRangeAreRefused) {
  for (const char* bad :
       {"churn_modules { modules: 'all' readers: 17 }", "churn_modules { times: 2 }",
        "churn_modules { modules: 'a\\nend' }", "age_memory { keep_percent: 50 }",
        "age_memory { fill_percent: 96 }", "age_memory { fill_percent: 90 keep_percent: 101 }",
        "add_kprobes { seed: 1 }", "add_kprobes { count: 20001 }", "load_bpf { count: 1 }",
        "load_bpf { count: 1 instructions: 4001 }", "tracer: 'a b'", "tracer: ''", "kunit: '../x'",
        "run_command { }", "run_command { argv: '' }", "run_command { argv: 'a\\000b' }",
        "release_memory: false", "unload_bpf: false"})
    EXPECT_EQ(Lines(bad), "") << bad;
}

TEST(Script, NothingGetsInThatWouldBeAnotherCommand) {
  for (const char* bad : {"a\nend", "a b", "", "../x"}) {
    v1::Workload workload;
    AddPhase(workload, bad);
    EXPECT_EQ(RenderScript(workload).status().code(), absl::StatusCode::kInvalidArgument) << bad;
  }
  for (const char* bad : {"a\nend", "", " ", "../../etc/passwd"}) {
    v1::Workload workload;
    AddPhase(workload, "boot").add_steps()->set_load_modules(bad);
    EXPECT_EQ(RenderScript(workload).status().code(), absl::StatusCode::kInvalidArgument) << bad;
  }
}

TEST(Script, TwoPhasesOfOneNameAreRefused) {
  v1::Workload workload;
  AddPhase(workload, "boot");
  AddPhase(workload, "boot");
  EXPECT_EQ(RenderScript(workload).status().code(), absl::StatusCode::kInvalidArgument);
}

TEST(Script, AStepOfANewerLabIsNamedNotSkipped) {
  v1::Workload workload;
  workload.set_name("future");
  AddPhase(workload, "boot").add_steps();
  absl::Status status = RenderScript(workload).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kUnimplemented);
  EXPECT_THAT(std::string(status.message()), HasSubstr("workload future, phase boot"));
}

TEST(Script, AWorkloadWithoutPhasesIsRefused) {
  EXPECT_EQ(RenderScript(v1::Workload()).status().code(), absl::StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace roxlab
