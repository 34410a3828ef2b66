// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "runner/collect/ktap.h"
#include "runner/errors.h"

namespace roxlab {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::StartsWith;

// "NAME STATUS[: DIAGNOSTIC]" of each test.
std::vector<std::string> Read(absl::string_view text) {
  TestList tests;
  ParseKtap("suite", text, &tests);
  std::vector<std::string> lines;
  for (const v1::TestResult& test : tests) {
    const char* words[] = {"?", "passed", "failed", "skipped"};
    lines.push_back(absl::StrCat(test.name(), " ", words[test.status()],
                                 test.diagnostic().empty() ? "" : ": ", test.diagnostic()));
  }
  return lines;
}

// A suite as KUnit's debugfs shows it (lib/kunit/debugfs.c, lib/kunit/test.c).
constexpr char kSuite[] =
    "KTAP version 1\n"
    "1..1\n"
    "    KTAP version 1\n"
    "    # Subtest: rox\n"
    "    1..3\n"
    "    # fill: initializing\n"
    "    ok 1 fill\n"
    "        KTAP version 1\n"
    "        # Subtest: permissions\n"
    "        ok 1 4K\n"
    "    # permissions: EXPECTATION FAILED at arch/arm64/mm/rox_test.c:12\n"
    "    Expected a == b, but\n"
    "        a == 1 (0x1)\n"
    "        not ok 2 2M\n"
    "    # permissions: pass:1 fail:1 skip:0 total:2\n"
    "    not ok 2 permissions\n"
    "    ok 3 coalesce # SKIP no BBML3\n"
    "# rox: pass:1 fail:1 skip:1 total:3\n"
    "# Totals: pass:2 fail:1 skip:1 total:4\n"
    "not ok 1 rox\n";

TEST(Ktap, ASuiteIsItsCasesWithTheirParametersAndWhatTheySaid) {
  EXPECT_THAT(Read(kSuite),
              ElementsAre("rox.fill passed", "rox.permissions.4K passed",
                          "rox.permissions.2M failed: permissions: EXPECTATION FAILED at "
                          "arch/arm64/mm/rox_test.c:12\nExpected a == b, but\na == 1 (0x1)",
                          "rox.coalesce skipped: SKIP no BBML3"));
}

TEST(Ktap, DirectivesDescriptionsAndUnknownLines) {
  EXPECT_THAT(Read("noise before\nKTAP version 1\n[    1.0] noise\n1..6\nok 1 - a b # rcode=0\n"
                   "not ok 2 # SKIP\nnot ok 3 c # XFAIL known\nnot ok 4 d # TIMEOUT 30 seconds\n"
                   "ok 5 e#skip why\n  1..7\nnot okay\nok then\nok 6\n"),
              ElementsAre("a b passed", "2 skipped: SKIP", "c skipped: XFAIL known",
                          "d failed: TIMEOUT 30 seconds", "e skipped: skip why", "6 passed"));
}

TEST(Ktap, AParentAppearsWhenItFailsAlone) {
  EXPECT_THAT(Read("KTAP version 1\n1..2\n  KTAP version 1\n  1..1\n  ok 1 a\n# exit: leaked\n"
                   "not ok 1 p\n  KTAP version 1\n  1..0\nok 2 q # SKIP none\n"),
              ElementsAre("p.a passed", "p failed: exit: leaked", "q skipped: SKIP none"));
}

TEST(Ktap, SubtestsWithoutAVersionLineAreSubtests) {
  EXPECT_THAT(
      Read("TAP version 14\n1..1\n    # Subtest: p\n    ok 1 a\n    not ok 2 b\nnot ok 1 p\n"),
      ElementsAre("p.a passed", "p.b failed"));
}

TEST(Ktap, ATextThatIsCutOffAnywhereFails) {
  const std::string text = absl::StrReplaceAll(kSuite, {{"not ok", "ok"}});
  EXPECT_THAT(Read(text), SizeIs(4));
  const size_t last = text.rfind("ok 1 ");
  for (size_t size = 0; size < last + 4; ++size) {
    const std::vector<std::string> tests = Read(text.substr(0, size));
    ASSERT_FALSE(tests.empty()) << size;
    EXPECT_THAT(tests.back(), StartsWith("suite failed: the text ")) << size;
  }
}

TEST(Ktap, WhatIsWrongWithTheTextIsAFailedTestThatSaysWhere) {
  auto last = [](absl::string_view text) {
    return Read(absl::StrCat("KTAP version 1\n", text)).back();
  };
  EXPECT_EQ(last("1..2\nok 1 a\n"), "suite failed: the text has 1 results of 2 (line 4)");
  EXPECT_EQ(last("1..1\nok 1 a\nok 2 b\n"), "suite failed: the text has 2 results of 1 (line 5)");
  EXPECT_EQ(last("ok 2 a\n"), "suite failed: the text has result 2 where 1 is next (line 2)");
  EXPECT_EQ(last("ok 1 a\nok 1 a\n"),
            "suite failed: the text has result 1 where 2 is next (line 3)");
  EXPECT_EQ(last("1..2\nok 1 a\nBail out! no memory\nok 2 b\n"),
            "suite failed: the text bailed out: no memory (line 4)");
  EXPECT_EQ(last("1..1\n1..1\n"), "suite failed: the text has two plans (line 3)");
  EXPECT_EQ(last("KTAP version 1\n"),
            "suite failed: the text has a version line in the middle (line 2)");
  EXPECT_EQ(last("  KTAP version 1\n    KTAP version 1\n    ok 1 a\nok 1 b\n"),
            "suite failed: the text has subtests of a test that has no result (line 5)");
  EXPECT_EQ(last("    KTAP version 1\n    ok 1 a\n  ok 1 b\n"),
            "suite failed: the text has a result with the wrong indentation (line 4)");
  EXPECT_EQ(last(""), "suite failed: the text has no result (line 2)");
  EXPECT_THAT(Read("ok 1 a\n"), ElementsAre("suite failed: the text is no KTAP: it has no version "
                                            "line (line 2)"));
}

TEST(Ktap, HostileTextEndsBoundedAndPrintable) {
  std::string deep, wide = "KTAP version 1\n", loud = "KTAP version 1\n";
  for (int i = 0; i < 5000; ++i) absl::StrAppend(&deep, std::string(i, ' '), "KTAP version 1\n");
  EXPECT_THAT(Read(deep), ElementsAre(HasSubstr("nested too deeply (line 17)")));
  for (int i = 1; i <= 20'000; ++i) absl::StrAppend(&wide, "ok ", i, " x\n");
  EXPECT_THAT(Read(wide), SizeIs(10'002));
  for (int i = 0; i < 5000; ++i) absl::StrAppend(&loud, "# ", std::string(500, 'x'), "\n");
  absl::StrAppend(&loud, "not ok 1 ", std::string(5000, '\xff'), "\x1b[2J\n");
  const std::vector<std::string> tests = Read(loud);
  ASSERT_THAT(tests, SizeIs(1));
  EXPECT_EQ(tests[0].size(), 300 + std::string(" failed: ").size() + 2000);
  EXPECT_EQ(tests[0].find('\xff'), std::string::npos);
  EXPECT_THAT(Read("KTAP version 1\nok 99999999999999999999 a\n1..99999999999999999999\n"),
              ElementsAre(HasSubstr("has no result")));
}

TEST(Ktap, NoiseNeverPasses) {
  std::mt19937 random(1);
  constexpr absl::string_view kWords[] = {"ok ", "not ok ", "1 ",        "2 ",
                                          "\n",  "    ",    "1..",       "# SKIP",
                                          "\n ", "\0",      "Bail out!", "KTAP version 1\n"};
  for (int i = 0; i < 3000; ++i) {
    std::string text;
    for (int j = 0; j < 60; ++j) absl::StrAppend(&text, kWords[random() % std::size(kWords)]);
    EXPECT_THAT(Read(text), Not(SizeIs(0)));
  }
}

TEST(JudgeTests, TheFirstFailureIsTheSummaryAndAllAreShown) {
  TestList tests;
  ParseKtap("suite", "KTAP version 1\nok 1 a\n# why\nnot ok 2 b\nnot ok 3 c\n", &tests);
  const absl::Status status = JudgeTests(tests);
  EXPECT_EQ(VerdictOf(status), v1::FAIL);
  EXPECT_EQ(FailureOf(status).kind(), "test");
  EXPECT_EQ(FailureOf(status).summary(), "2 of 3 tests failed: b: why");
  EXPECT_THAT(FailureOf(status).excerpt(), AllOf(HasSubstr("b: why\n"), HasSubstr("c: \n")));
}

TEST(JudgeTests, SkippedTestsFailNothing) {
  TestList tests;
  EXPECT_TRUE(JudgeTests(tests).ok());
  ParseKtap("suite", "KTAP version 1\nok 1 a\nok 2 b # SKIP\n", &tests);
  EXPECT_TRUE(JudgeTests(tests).ok());
}

}  // namespace
}  // namespace roxlab
