// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "runner/errors.h"
#include "runner/machine/judge.h"

namespace roxlab {
namespace {

using ::testing::HasSubstr;

Evidence Good() {
  Evidence evidence;
  evidence.started = evidence.complete = true;
  evidence.phase = "unloaded";
  evidence.timeout = absl::Seconds(120);
  evidence.last_lines = "last line";
  return evidence;
}

Evidence CutIn(const std::string& phase) {
  Evidence evidence = Good();
  evidence.complete = false;
  evidence.phase = phase;
  return evidence;
}

void ExpectFailure(const Evidence& evidence, v1::Verdict verdict, absl::string_view kind,
                   const std::string& summary) {
  absl::Status status = Judge(evidence);
  EXPECT_EQ(VerdictOf(status), verdict) << status;
  EXPECT_EQ(FailureOf(status).kind(), kind) << status;
  EXPECT_THAT(FailureOf(status).summary(), HasSubstr(summary));
}

TEST(Judge, PassesOnlyACompleteRunWithACleanConsole) {
  EXPECT_TRUE(Judge(Good()).ok());
  EXPECT_EQ(VerdictOf(Judge(Good())), v1::PASS);
}

TEST(Judge, AWarningFailsACompleteRun) {
  Evidence evidence = Good();
  evidence.event = ConsoleEvent{"warn", "WARNING: mm/execmem.c:12 at f", "splat", ""};
  ExpectFailure(evidence, v1::FAIL, "warn", "WARNING: mm/execmem.c:12 at f (in phase unloaded)");
  EXPECT_EQ(FailureOf(Judge(evidence)).excerpt(), "splat");
}

TEST(Judge, AFailedTestOfTheKernelFailsTheRun) {
  Evidence evidence = Good();
  evidence.tests = VariantError("test", "1 of 2 tests failed: a.b", "a.b");
  ExpectFailure(evidence, v1::FAIL, "test", "1 of 2 tests failed: a.b");
}

TEST(Judge, TheKernelsOwnWordGoesBeforeEverythingElse) {
  Evidence evidence = CutIn("loaded");
  evidence.event = ConsoleEvent{"oops", "Internal error: Oops", "x", "Kernel panic - not syncing"};
  evidence.ending = Ending::kTimedOut;
  evidence.machine = InfraError("infrastructure", "QEMU ended");
  evidence.stream = absl::DataLossError("torn");
  ExpectFailure(evidence, v1::FAIL, "oops",
                "Internal error: Oops (in phase loaded); later: Kernel panic");
}

TEST(Judge, SilenceIsBootOrTimeout) {
  Evidence evidence = CutIn("");
  evidence.started = false;
  ExpectFailure(evidence, v1::FAIL, "boot", "the machine went off before the probe started");
  EXPECT_EQ(FailureOf(Judge(evidence)).excerpt(), "last line");
  evidence.ending = Ending::kTimedOut;
  ExpectFailure(evidence, v1::FAIL, "timeout", "not done after 2m: hung before the probe started");
}

TEST(Judge, AHangLaterNamesThePhase) {
  Evidence evidence = CutIn("loaded");
  evidence.ending = Ending::kTimedOut;
  ExpectFailure(evidence, v1::FAIL, "timeout", "hung in phase loaded");
}

TEST(Judge, GoingOffInTheMiddleIsTheWorkloads) {
  ExpectFailure(CutIn("loaded"), v1::FAIL, "workload", "the machine went off in phase loaded");
}

TEST(Judge, AStepThatFailedIsTheVariantsFault) {
  Evidence evidence = Good();
  evidence.failure = "module fat does not load: ENOEXEC";
  ExpectFailure(evidence, v1::FAIL, "workload", "module fat does not load: ENOEXEC");
}

TEST(Judge, WhatTheLabBrokeIsAnError) {
  Evidence evidence = CutIn("loaded");
  evidence.stream = absl::DataLossError("the result stream is torn");
  ExpectFailure(evidence, v1::ERROR, "infrastructure", "torn");
  evidence.stream = absl::ResourceExhaustedError("no space left");
  ExpectFailure(evidence, v1::ERROR, "disk", "no space left");
  evidence.machine = InfraError("infrastructure", "QEMU ended with exit status 1");
  ExpectFailure(evidence, v1::ERROR, "infrastructure", "QEMU ended with exit status 1");
}

TEST(Judge, ADumpThatCannotBeCountedIsAnErrorNotAPass) {
  Evidence evidence = Good();
  evidence.review = absl::InvalidArgumentError("snapshot boot: line 3: no");
  ExpectFailure(evidence, v1::ERROR, "infrastructure", "snapshot boot: line 3: no");
}

TEST(Judge, AStopIsNobodysFault) {
  Evidence evidence = CutIn("loaded");
  evidence.ending = Ending::kStopped;
  evidence.machine = InfraError("infrastructure", "x");
  EXPECT_EQ(VerdictOf(Judge(evidence)), v1::CANCELLED);
}

TEST(Errors, TextFromTheGuestIsMadePrintableAndBounded) {
  v1::Failure failure = FailureOf(VariantError("oops",
                                               "a\xff"
                                               "b",
                                               std::string(1 << 20, 'x')));
  EXPECT_EQ(failure.summary(), "a?b");
  EXPECT_LE(failure.excerpt().size(), 16u * 1024);
}

}  // namespace
}  // namespace roxlab
