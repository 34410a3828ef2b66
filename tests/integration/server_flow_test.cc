// SPDX-License-Identifier: Apache-2.0
//
// An experiment's way through a real server, with a runner that only pretends to work.
#include <gmock/gmock.h>
#include <grpcpp/generic/generic_stub.h>
#include <gtest/gtest.h>

#include "common/hash.h"
#include "tests/support/server_fixture.h"

namespace roxlab {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class ServerFlowTest : public ServerTest {
 protected:
  static double RoxIsLess(const v1::Run& run) {
    return (run.variant() == "stock" ? 5000 : 4000) + static_cast<double>(run.seed());
  }
};

// What grpcurl and its like ask first. The two messages are small enough to be written by hand:
// grpc/reflection/v1alpha/reflection.proto, ServerReflectionRequest.list_services = 7.
TEST_F(ServerFlowTest, AStockClientFindsTheServicesByReflection) {
  grpc::GenericStub stub(MakeChannel(server_->address()));
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(60));
  grpc::CompletionQueue queue;
  void* tag = nullptr;
  bool ok = false;
  auto step = [&] { return queue.Next(&tag, &ok) && ok; };
  auto call = stub.PrepareCall(
      &context, "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo", &queue);
  call->StartCall(nullptr);
  ASSERT_TRUE(step());
  grpc::Slice list_services("\x3a\x01*", 3);
  call->WriteLast(grpc::ByteBuffer(&list_services, 1), {}, nullptr);
  ASSERT_TRUE(step());
  grpc::ByteBuffer answer;
  call->Read(&answer, nullptr);
  ASSERT_TRUE(step());
  grpc::Slice bytes;
  ASSERT_TRUE(answer.DumpToSingleSlice(&bytes).ok());
  const std::string text(reinterpret_cast<const char*>(bytes.begin()), bytes.size());
  for (const char* service : {"roxlab.v1.Lab", "roxlab.v1.RunnerHub", "roxlab.v1.Artifacts"})
    EXPECT_THAT(text, HasSubstr(service));
  grpc::Status status;
  call->Finish(&status, nullptr);
  ASSERT_TRUE(step());
  queue.Shutdown();
}

TEST_F(ServerFlowTest, AnExperimentGoesFromSubmissionToVerdict) {
  FakeRunner runner = MakeRunner("r1");
  const auto submitted = Submit(TestExperiment());
  ASSERT_TRUE(submitted.ok()) << submitted.status();
  const std::string id = submitted->experiment().id();
  EXPECT_EQ(submitted->experiment().runs().total(), 4u);
  // Forth and back, so that what drifts meets both alike.
  std::vector<std::string> order;
  const v1::GetExperimentResponse queued = Get(submitted->experiment().id());
  for (const v1::Run& run : queued.runs())
    order.push_back(absl::StrCat(run.variant(), " ", run.seed()));
  EXPECT_THAT(order, ElementsAre("stock 1", "rox-cache 1", "rox-cache 2", "stock 2"));
  EXPECT_EQ(submitted->builds_reused(), 0u);

  DoAllWork(runner, id, RoxIsLess);
  const v1::GetExperimentResponse done = AwaitDone(id);
  EXPECT_EQ(done.experiment().verdict(), v1::PASS) << done.experiment().summary();
  EXPECT_EQ(done.experiment().runs().passed(), 4u);
  EXPECT_EQ(done.experiment().builds().passed(), 2u);

  v1::CompareRequest request;
  request.set_id(id.substr(0, 6));
  const auto comparison = Call(&v1::Lab::Stub::Compare, request);
  ASSERT_TRUE(comparison.ok()) << comparison.status();
  ASSERT_EQ(comparison->rows_size(), 1);
  EXPECT_EQ(comparison->rows(0).mean(), 4001.5);
  EXPECT_EQ(comparison->rows(0).baseline_mean(), 5001.5);
  EXPECT_EQ(comparison->rows(0).verdict(), v1::PASS);

  const v1::Run run = GetRun(done.runs(1).id());
  EXPECT_THAT(run.argv(), ElementsAre("qemu-system-aarch64", "-append", ""));
  ASSERT_EQ(run.snapshots_size(), 1);
  EXPECT_EQ(run.snapshots(0).metrics(0).value(), 4001);
  EXPECT_EQ(run.snapshots(0).raw().sha256(), Sha256Hex("dump 4001"));
}

TEST_F(ServerFlowTest, ABuildJobHoldsEverythingThatGoesIn) {
  FakeRunner runner = MakeRunner("r1");
  v1::ExperimentSpec spec = TestExperiment();
  spec.clear_variants();
  spec.clear_expect();
  spec.clear_baseline();
  spec.add_variants("rox-cache");
  ASSERT_TRUE(Submit(spec).ok());
  ASSERT_TRUE(runner.WaitForJobs(1).ok());
  const v1::BuildSpec& build = runner.job().build().spec();
  EXPECT_EQ(build.base().name(), "linux-7.3");
  ASSERT_EQ(build.patches_size(), 2);
  EXPECT_EQ(build.patches(1).name(), "0002-b.patch");
  EXPECT_EQ(build.patches(1).content(), "diff b");
  EXPECT_EQ(build.configs(0).content(), "CONFIG_MODULES=y\n");
  EXPECT_EQ(build.toolchain(), "aarch64-linux-gnu-gcc");
  EXPECT_EQ(runner.job().build().base_tree(), "");

  ASSERT_TRUE(runner.Finish(runner.Passed(runner.job())).ok());
  ASSERT_TRUE(runner.WaitForJobs(1).ok());
  const v1::RunJob& run = runner.job().run();
  EXPECT_EQ(run.cmdline(), "debug");
  EXPECT_EQ(run.machine().name(), "qemu-a");
  EXPECT_EQ(run.workload().phases(1).name(), "loaded");
  EXPECT_EQ(run.artifacts(0).name(), "Image");
}

TEST_F(ServerFlowTest, AKnownBuildIsNotBuiltAgain) {
  FakeRunner runner = MakeRunner("r1");
  DoAllWork(runner, Submit(TestExperiment())->experiment().id(), RoxIsLess);
  const auto again = Submit(TestExperiment());
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(again->builds_reused(), 2u);
  ASSERT_TRUE(runner.WaitForJobs(2).ok());
  for (const auto& [id, job] : runner.jobs()) EXPECT_TRUE(job.has_run());
}

TEST_F(ServerFlowTest, ABuildWhoseFilesAreGoneIsBuiltAgain) {
  FakeRunner runner = MakeRunner("r1");
  DoAllWork(runner, Submit(TestExperiment())->experiment().id(), RoxIsLess);
  ASSERT_TRUE(RemoveTree(home_.path() / "home" / "artifacts").ok());
  RestartServer();
  EXPECT_EQ(Submit(TestExperiment())->builds_reused(), 0u);
}

TEST_F(ServerFlowTest, AFailedBuildFailsItsRunsAndIsNotTriedAgain) {
  FakeRunner runner = MakeRunner("r1");
  const std::string id = Submit(TestExperiment())->experiment().id();
  for (int i = 0; i < 2; ++i) {
    ASSERT_TRUE(runner.WaitForJobs(1).ok());
    const v1::Job job = runner.job();
    ASSERT_TRUE(job.has_build());
    ASSERT_TRUE(
        runner.Finish(runner.Ended(job, v1::FAIL, "apply", "0001-a.patch does not apply")).ok());
  }
  const v1::GetExperimentResponse done = AwaitDone(id);
  EXPECT_EQ(done.experiment().verdict(), v1::FAIL);
  EXPECT_EQ(done.runs(0).verdict(), v1::FAIL);
  EXPECT_EQ(done.runs(0).failure().kind(), "dependency");
  EXPECT_THAT(done.runs(0).failure().summary(), HasSubstr("apply: 0001-a.patch does not apply"));

  const auto again = Submit(TestExperiment());
  EXPECT_EQ(again->builds_reused(), 2u);
  EXPECT_EQ(AwaitDone(again->experiment().id()).experiment().verdict(), v1::FAIL);
}

TEST_F(ServerFlowTest, AnErrorIsTriedAgainAfterAWhileAndThenStands) {
  FakeRunner runner = MakeRunner("r1");
  v1::ExperimentSpec spec = TestExperiment();
  spec.clear_variants();
  spec.clear_expect();
  spec.add_variants("stock");
  const std::string id = Submit(spec)->experiment().id();
  for (int attempt = 1; attempt <= 3; ++attempt) {
    ASSERT_TRUE(runner.WaitForJobs(1).ok());
    ASSERT_TRUE(runner.Finish(runner.Ended(runner.job(), v1::ERROR, "disk", "no space left")).ok());
    ASSERT_TRUE(runner.Synchronize(0).ok());
    EXPECT_TRUE(runner.jobs().empty()) << "attempt " << attempt << " was repeated at once";
    clock_.Advance(absl::Seconds(10));
  }
  const v1::GetExperimentResponse done = AwaitDone(id);
  EXPECT_EQ(done.experiment().verdict(), v1::ERROR);
  EXPECT_EQ(done.builds(0).verdict(), v1::ERROR);
  EXPECT_EQ(done.runs(0).verdict(), v1::ERROR);
  EXPECT_EQ(done.runs(0).failure().kind(), "disk");
  // What ended in an ERROR is built anew for the next one who asks.
  EXPECT_EQ(Submit(spec)->builds_reused(), 0u);
  FakeRunner other = MakeRunner("r2");  // The first is in quarantine.
  ASSERT_TRUE(other.WaitForJobs(1).ok());
}

TEST_F(ServerFlowTest, TwoExperimentsWaitForOneBuild) {
  FakeRunner runner = MakeRunner("r1");
  v1::ExperimentSpec spec = TestExperiment();
  spec.clear_variants();
  spec.clear_expect();
  spec.add_variants("stock");
  const std::string first = Submit(spec)->experiment().id();
  const std::string second = Submit(spec)->experiment().id();
  ASSERT_TRUE(runner.WaitForJobs(1).ok());
  ASSERT_TRUE(runner.Synchronize(0).ok());
  ASSERT_EQ(runner.jobs().size(), 1u);
  DoAllWork(runner, first, RoxIsLess);
  DoAllWork(runner, second, RoxIsLess);
  EXPECT_EQ(AwaitDone(second).builds(0).id(), AwaitDone(first).builds(0).id());
}

TEST_F(ServerFlowTest, ARepeatedRequestIdAnswersWithTheFirstExperiment) {
  const auto first = Submit(TestExperiment(), "request-1");
  const auto second = Submit(TestExperiment(), "request-1");
  ASSERT_TRUE(second.ok()) << second.status();
  EXPECT_EQ(first->experiment().id(), second->experiment().id());
  EXPECT_NE(Submit(TestExperiment(), "request-2")->experiment().id(), first->experiment().id());
  const auto list = Call(&v1::Lab::Stub::ListExperiments, v1::ListExperimentsRequest());
  EXPECT_EQ(list->experiments_size(), 2);
}

TEST_F(ServerFlowTest, ListsGoPageByPageFromTheNewest) {
  std::vector<std::string> ids;
  for (int i = 0; i < 5; ++i) ids.push_back(Submit(TestExperiment())->experiment().id());
  v1::ListExperimentsRequest request;
  request.set_page_size(2);
  std::vector<std::string> listed;
  do {
    const auto page = Call(&v1::Lab::Stub::ListExperiments, request);
    ASSERT_TRUE(page.ok()) << page.status();
    EXPECT_LE(page->experiments_size(), 2);
    for (const v1::Experiment& experiment : page->experiments()) listed.push_back(experiment.id());
    request.set_page_token(page->next_page_token());
  } while (!request.page_token().empty());
  EXPECT_EQ(listed, std::vector<std::string>(ids.rbegin(), ids.rend()));
}

TEST_F(ServerFlowTest, ASecondServerOnTheSameHomeIsRefused) {
  v1::ServerSettings settings;
  settings.set_home((home_.path() / "home").string());
  settings.set_listen("127.0.0.1:0");
  settings.set_http("off");
  const auto second =
      Server::Start(settings, clock_, [this]() -> absl::StatusOr<v1::Catalog> { return catalog_; });
  ASSERT_FALSE(second.ok());
  EXPECT_THAT(std::string(second.status().message()), HasSubstr("another roxlabd uses"));
}

TEST_F(ServerFlowTest, TheAddressIsKeptInAFileWhileTheServerRuns) {
  const std::filesystem::path file = home_.path() / "home" / "server.address";
  EXPECT_EQ(*ReadFile(file), server_->address() + "\n");
  server_->Shutdown();
  EXPECT_FALSE(std::filesystem::exists(file));
}

// The standard health service, asked with bytes, since its stub comes with no package: an empty
// request, and field 1 (status) = 1 (SERVING) in the answer.
TEST_F(ServerFlowTest, TheHealthServiceSaysServing) {
  grpc::GenericStub stub(MakeChannel(server_->address()));
  grpc::ClientContext context;
  grpc::CompletionQueue queue;
  grpc::Slice nothing;
  const grpc::ByteBuffer request(&nothing, 1);
  auto call = stub.PrepareUnaryCall(&context, "/grpc.health.v1.Health/Check", request, &queue);
  call->StartCall();
  grpc::ByteBuffer answer;
  grpc::Status status;
  call->Finish(&answer, &status, this);
  void* tag = nullptr;
  bool ok = false;
  ASSERT_TRUE(queue.Next(&tag, &ok));
  ASSERT_TRUE(status.ok()) << status.error_message();
  grpc::Slice bytes;
  ASSERT_TRUE(answer.DumpToSingleSlice(&bytes).ok());
  EXPECT_EQ(std::string(bytes.begin(), bytes.end()), "\x08\x01");
}

TEST_F(ServerFlowTest, AnAddressInUseIsSaid) {
  v1::ServerSettings settings;
  settings.set_home((home_.path() / "other").string());
  settings.set_listen(server_->address());
  settings.set_http("off");
  const auto second =
      Server::Start(settings, clock_, [this]() -> absl::StatusOr<v1::Catalog> { return catalog_; });
  ASSERT_FALSE(second.ok());
  EXPECT_THAT(std::string(second.status().message()), HasSubstr("cannot listen on"));
}

}  // namespace
}  // namespace roxlab
