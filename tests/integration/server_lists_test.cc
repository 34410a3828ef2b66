// SPDX-License-Identifier: Apache-2.0
//
// Lists: filters, order, pages.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/server_fixture.h"

namespace roxlab {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class ServerListsTest : public ServerTest {
 protected:
  std::string SubmitNamed(const std::string& name, const std::string& title = "") {
    v1::ExperimentSpec spec = TestExperiment();
    spec.set_name(name);
    spec.set_title(title);
    return Submit(spec)->experiment().id();
  }
  v1::ListExperimentsResponse List(const v1::ListExperimentsRequest& request) {
    const auto response = Call(&v1::Lab::Stub::ListExperiments, request);
    EXPECT_TRUE(response.ok()) << response.status();
    return response.ok() ? *response : v1::ListExperimentsResponse();
  }
  static std::vector<std::string> Names(const v1::ListExperimentsResponse& response) {
    std::vector<std::string> names;
    for (const v1::Experiment& experiment : response.experiments())
      names.push_back(experiment.name());
    return names;
  }
  std::vector<std::string> Search(const std::string& text) {
    v1::ListExperimentsRequest request;
    request.set_search(text);
    const v1::ListExperimentsResponse response = List(request);
    EXPECT_EQ(response.total(), static_cast<uint32_t>(response.experiments_size()));
    return Names(response);
  }
  v1::ListRunsResponse Runs(const v1::ListRunsRequest& request) {
    const auto response = Call(&v1::Lab::Stub::ListRuns, request);
    EXPECT_TRUE(response.ok()) << response.status();
    return response.ok() ? *response : v1::ListRunsResponse();
  }
  v1::ListBuildsResponse Builds(const v1::ListBuildsRequest& request) {
    const auto response = Call(&v1::Lab::Stub::ListBuilds, request);
    EXPECT_TRUE(response.ok()) << response.status();
    return response.ok() ? *response : v1::ListBuildsResponse();
  }
  static std::vector<std::string> Ids(const v1::ListRunsResponse& response) {
    std::vector<std::string> ids;
    for (const v1::Run& run : response.runs()) ids.push_back(run.id());
    return ids;
  }
};

TEST_F(ServerListsTest, ASearchLooksIntoNameAndTitleWhateverTheCase) {
  SubmitNamed("alpha", "The Cache");
  SubmitNamed("beta-Cache", "other");
  SubmitNamed("gamma", "third");
  EXPECT_THAT(Search("CACHE"), ElementsAre("beta-Cache", "alpha"));
  EXPECT_THAT(Search("gam"), ElementsAre("gamma"));
  EXPECT_THAT(Search("nothing of this"), IsEmpty());
}

TEST_F(ServerListsTest, ASearchTakesEveryCharacterAsItself) {
  SubmitNamed("a_b", "100 % sure");
  SubmitNamed("axb", "back\\slash");
  EXPECT_THAT(Search("a_b"), ElementsAre("a_b"));
  EXPECT_THAT(Search("%"), ElementsAre("a_b"));
  EXPECT_THAT(Search("\\"), ElementsAre("axb"));
  EXPECT_THAT(Search("' OR 1=1 --"), IsEmpty());
}

TEST_F(ServerListsTest, ASearchFindsWhatAnIdBeginsWith) {
  SubmitNamed("zz");
  const std::string id = SubmitNamed("yy");
  EXPECT_THAT(Search(id.substr(0, 8)), ElementsAre("yy"));
  EXPECT_THAT(Search(id.substr(1)), IsEmpty());
}

TEST_F(ServerListsTest, ExperimentsAreSortedAsAskedAndPagedInThatOrder) {
  for (const char* name : {"b", "A", "c", "a"}) SubmitNamed(name);
  for (const auto& [sort, order] :
       std::map<std::string, std::vector<std::string>>{{"newest", {"a", "c", "A", "b"}},
                                                       {"oldest", {"b", "A", "c", "a"}},
                                                       {"name", {"a", "A", "b", "c"}}}) {
    v1::ListExperimentsRequest request;
    request.set_sort(sort);
    request.set_page_size(1);
    std::vector<std::string> names;
    do {
      const v1::ListExperimentsResponse page = List(request);
      EXPECT_EQ(page.total(), 4u);
      for (const std::string& name : Names(page)) names.push_back(name);
      request.set_page_token(page.next_page_token());
    } while (!request.page_token().empty() && names.size() < 10);
    EXPECT_EQ(names, order) << sort;
  }
}

TEST_F(ServerListsTest, ExperimentsAreFilteredByStateAndVerdict) {
  const std::string done = SubmitNamed("done");
  FakeRunner runner = MakeRunner("r1");
  DoAllWork(runner, done, [](const v1::Run& run) { return run.variant() == "stock" ? 9 : 1; });
  const std::string gone = SubmitNamed("gone");
  v1::CancelExperimentRequest cancel;
  cancel.set_id(gone);
  ASSERT_TRUE(Call(&v1::Lab::Stub::CancelExperiment, cancel).ok());
  SubmitNamed("queued");
  using Request = v1::ListExperimentsRequest;
  EXPECT_THAT(Names(List(FromText<Request>("states: DONE"))), ElementsAre("gone", "done"));
  EXPECT_THAT(Names(List(FromText<Request>("states: [QUEUED, RUNNING]"))), ElementsAre("queued"));
  EXPECT_THAT(Names(List(FromText<Request>("verdicts: CANCELLED"))), ElementsAre("gone"));
  EXPECT_EQ(List(FromText<Request>("states: DONE verdicts: PASS page_size: 1")).total(), 1u);
  EXPECT_THAT(Names(List(FromText<Request>("search: 'n' states: DONE verdicts: PASS"))),
              ElementsAre("done"));
}

TEST_F(ServerListsTest, APageTokenBelongsToItsFilters) {
  for (int i = 0; i < 3; ++i) SubmitNamed("x");
  v1::ListExperimentsRequest request;
  request.set_page_size(1);
  request.set_search("x");
  request.set_page_token(List(request).next_page_token());
  request.set_page_size(2);  // Is no filter.
  EXPECT_EQ(List(request).experiments_size(), 2);
  request.set_search("y");
  const auto other = Call(&v1::Lab::Stub::ListExperiments, request);
  EXPECT_EQ(other.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(other.status().message()), HasSubstr("other filters"));
  v1::ListRunsRequest runs;
  runs.set_page_token(request.page_token());
  EXPECT_EQ(Call(&v1::Lab::Stub::ListRuns, runs).status().code(),
            absl::StatusCode::kInvalidArgument);
}

TEST_F(ServerListsTest, FiltersThatMeanNothingAreRefused) {
  v1::ListExperimentsRequest request;
  request.set_sort("size");
  EXPECT_THAT(Call(&v1::Lab::Stub::ListExperiments, request).status().message(),
              HasSubstr("'size' is none of"));
  request.clear_sort();
  request.add_states(static_cast<v1::State>(77));
  EXPECT_THAT(Call(&v1::Lab::Stub::ListExperiments, request).status().message(),
              HasSubstr("77 is no state"));
  v1::ListBuildsRequest builds;
  builds.add_verdicts(v1::VERDICT_UNSPECIFIED);
  EXPECT_THAT(Call(&v1::Lab::Stub::ListBuilds, builds).status().message(),
              HasSubstr("0 is no verdict"));
}

TEST_F(ServerListsTest, RunsAreFilteredByWhatTheyBelongTo) {
  const std::string first = SubmitNamed("first"), second = SubmitNamed("second");
  FakeRunner runner = MakeRunner("r1");
  DoAllWork(runner, first, [](const v1::Run&) { return 1; });
  const std::string build = Get(first).runs(0).build();
  using Request = v1::ListRunsRequest;
  EXPECT_EQ(Runs({}).total(), 8u);
  EXPECT_THAT(Ids(Runs(FromText<Request>("experiment: '" + first.substr(0, 8) + "'"))),
              ElementsAre(first + "-4", first + "-3", first + "-2", first + "-1"));
  const v1::ListRunsResponse of_build = Runs(FromText<Request>("build: '" + build + "'"));
  EXPECT_EQ(of_build.total(), 4u);
  for (const v1::Run& run : of_build.runs()) EXPECT_EQ(run.build(), build);
  EXPECT_EQ(Runs(FromText<Request>("machine: 'qemu-a'")).total(), 8u);
  EXPECT_EQ(Runs(FromText<Request>("machine: 'none'")).total(), 0u);
  EXPECT_EQ(Runs(FromText<Request>("runner: 'none'")).total(), 0u);
  EXPECT_EQ(
      Runs(FromText<Request>("runner: 'r1' verdicts: PASS experiment: '" + first + "'")).total(),
      4u);
  EXPECT_EQ(
      Runs(FromText<Request>("machine: 'qemu-a' states: DONE experiment: '" + first + "'")).total(),
      4u);
  EXPECT_EQ(Runs(FromText<Request>("states: DONE verdicts: FAIL")).total(), 0u);
  Request unknown;
  unknown.set_experiment("ffff");
  EXPECT_EQ(Call(&v1::Lab::Stub::ListRuns, unknown).status().code(), absl::StatusCode::kNotFound);
}

TEST_F(ServerListsTest, PagesOfRunsHoldEachOnceFromTheNewest) {
  const std::string id = SubmitNamed("x");
  FakeRunner runner = MakeRunner("r1");
  DoAllWork(runner, id, [](const v1::Run& run) { return static_cast<double>(run.seed()); });
  const std::string other = SubmitNamed("y");
  v1::ListRunsRequest request;
  request.set_page_size(3);
  std::vector<std::string> ids;
  do {
    const v1::ListRunsResponse page = Runs(request);
    EXPECT_EQ(page.total(), 8u);
    for (const std::string& run : Ids(page)) ids.push_back(run);
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty() && ids.size() < 20);
  EXPECT_THAT(ids, ElementsAre(other + "-4", other + "-3", other + "-2", other + "-1", id + "-4",
                               id + "-3", id + "-2", id + "-1"));
}

TEST_F(ServerListsTest, RunsComeWithTheirProgressAndWithoutCommandAndSnapshots) {
  const std::string id = SubmitNamed("x");
  FakeRunner runner = MakeRunner("r1");
  while (Get(id).experiment().runs().running() == 0) {
    ASSERT_TRUE(runner.Synchronize(0).ok());
    const std::map<std::string, v1::Job> jobs = runner.jobs();
    for (const auto& [job_id, job] : jobs) {
      if (!job.has_build()) continue;
      ASSERT_TRUE(runner.Finish(runner.Passed(job)).ok());
    }
  }
  ASSERT_TRUE(runner.Synchronize(0).ok());  // Says how far it is.
  using Request = v1::ListRunsRequest;
  const v1::ListRunsResponse running = Runs(FromText<Request>("states: RUNNING"));
  ASSERT_GE(running.runs_size(), 1);
  EXPECT_EQ(running.runs(0).progress().stage(), "boot");
  DoAllWork(runner, id, [](const v1::Run&) { return 1; });
  const v1::ListRunsResponse done = Runs(FromText<Request>("states: DONE"));
  ASSERT_EQ(done.runs_size(), 4);
  EXPECT_EQ(done.runs(0).argv_size(), 0);
  EXPECT_EQ(done.runs(0).snapshots_size(), 0);
}

TEST_F(ServerListsTest, BuildsAreFilteredByRunnerAndVerdict) {
  const std::string id = SubmitNamed("x");
  FakeRunner runner = MakeRunner("r1");
  ASSERT_TRUE(runner.WaitForJobs(1).ok());
  ASSERT_TRUE(runner.Finish(runner.Ended(runner.job(), v1::FAIL, "build", "a.c:1")).ok());
  using Request = v1::ListBuildsRequest;
  EXPECT_EQ(Builds({}).total(), 2u);
  const v1::ListBuildsResponse failed = Builds(FromText<Request>("verdicts: FAIL runner: 'r1'"));
  ASSERT_EQ(failed.builds_size(), 1);
  EXPECT_EQ(failed.builds(0).failure().summary(), "a.c:1");
  EXPECT_EQ(failed.builds(0).inputs_size(), 0);
  EXPECT_EQ(Builds(FromText<Request>("runner: 'r2'")).total(), 0u);
  Request paged;
  paged.set_page_size(1);
  paged.set_page_token(Builds(paged).next_page_token());
  EXPECT_EQ(Builds(paged).builds_size(), 1);
  EXPECT_EQ(Builds(paged).next_page_token(), "");
}

}  // namespace
}  // namespace roxlab
