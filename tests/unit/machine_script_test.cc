// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
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
