// SPDX-License-Identifier: Apache-2.0
//
// Logs, events and artifacts over a real connection.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "common/hash.h"
#include "tests/support/server_fixture.h"

namespace roxlab {
namespace {

using ::testing::HasSubstr;

class ServerStreamsTest : public ServerTest {
 protected:
  void SetUp() override {
    ServerTest::SetUp();
    v1::ExperimentSpec spec = TestExperiment();
    spec.clear_variants();
    spec.clear_expect();
    spec.add_variants("stock");
    id_ = Submit(spec)->experiment().id();
  }

  // The whole log; `after_first` is called when its first bytes have come.
  absl::StatusOr<std::string> ReadLog(const std::string& id, bool follow, uint64_t offset = 0,
                                      const std::function<void()>& after_first = nullptr) {
    v1::ReadLogRequest request;
    request.set_id(id);
    request.set_follow(follow);
    request.set_offset(offset);
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(60));
    auto reader = lab_->ReadLog(&context, request);
    std::string log;
    v1::LogChunk chunk;
    while (reader->Read(&chunk)) {
      EXPECT_EQ(chunk.offset(), offset + log.size());
      const bool first = log.empty();
      log += chunk.data();
      if (first && after_first) after_first();
    }
    if (grpc::Status status = reader->Finish(); !status.ok()) return FromGrpc(status);
    return log;
  }
  absl::StatusOr<std::string> Download(FakeRunner& runner, const std::string& sha256,
                                       uint64_t offset = 0) {
    v1::DownloadRequest request;
    request.set_sha256(sha256);
    request.set_offset(offset);
    grpc::ClientContext context;
    auto reader = runner.artifacts().Download(&context, request);
    std::string content;
    v1::DownloadResponse chunk;
    while (reader->Read(&chunk)) {
      EXPECT_LE(chunk.data().size(), 256u * 1024);
      content += chunk.data();
    }
    if (grpc::Status status = reader->Finish(); !status.ok()) return FromGrpc(status);
    return content;
  }

  std::string id_;
};

TEST_F(ServerStreamsTest, RepeatedLogChunksAreWrittenOnce) {
  FakeRunner runner = MakeRunner("r1");
  ASSERT_TRUE(runner.WaitForJobs(1).ok());
  const std::string job = runner.job().id(), build = runner.job().build().build();
  EXPECT_EQ(*runner.AppendLog(job, 0, "one "), 4u);
  EXPECT_EQ(*runner.AppendLog(job, 0, "one "), 4u);
  EXPECT_EQ(*runner.AppendLog(job, 2, "e two "), 8u);
  EXPECT_EQ(*runner.AppendLog(job, 100, "gap"), 8u);
  EXPECT_EQ(*ReadLog(build, false), "one two ");
  EXPECT_EQ(*ReadLog(build.substr(0, 10), false, 4), "two ");
}

TEST_F(ServerStreamsTest, AFollowedLogEndsWithItsBuild) {
  FakeRunner runner = MakeRunner("r1");
  ASSERT_TRUE(runner.WaitForJobs(1).ok());
  const v1::Job job = runner.job();
  ASSERT_TRUE(runner.AppendLog(job.id(), 0, "one ").ok());
  const auto log = ReadLog(job.build().build(), true, 0, [&] {
    ASSERT_TRUE(runner.AppendLog(job.id(), 4, "two").ok());
    ASSERT_TRUE(runner.Finish(runner.Passed(job)).ok());
  });
  ASSERT_TRUE(log.ok()) << log.status();
  EXPECT_EQ(*log, "one two");
}

TEST_F(ServerStreamsTest, ANewAttemptStartsItsLogAnew) {
  FakeRunner runner = MakeRunner("r1");
  ASSERT_TRUE(runner.WaitForJobs(1).ok());
  ASSERT_TRUE(runner.AppendLog(runner.job().id(), 0, "first attempt").ok());
  runner.Restart();
  ASSERT_TRUE(runner.WaitForJobs(1).ok());
  ASSERT_TRUE(runner.AppendLog(runner.job().id(), 0, "second").ok());
  EXPECT_EQ(*ReadLog(runner.job().build().build(), false), "second");
}

TEST_F(ServerStreamsTest, ALogOfNothingIsEmptyOrNotFound) {
  EXPECT_EQ(*ReadLog(Get(id_).runs(0).id(), false), "");
  EXPECT_EQ(ReadLog("123456", false).status().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(ReadLog(id_ + "-99", false).status().code(), absl::StatusCode::kNotFound);
}

TEST_F(ServerStreamsTest, HostileJobIdsTouchNoFile) {
  FakeRunner runner = MakeRunner("r1");
  for (const char* job : {"../../etc/passwd.1", "..", ".1", "x", "a/b-1.1", "a-+1.1", "a-01.1"}) {
    EXPECT_FALSE(runner.AppendLog(job, 0, "x").ok()) << job;
    v1::FinishJobRequest result;
    result.set_job(job);
    result.set_runner("r1");
    result.set_verdict(v1::PASS);
    EXPECT_FALSE(runner.Finish(result).ok()) << job;
  }
  EXPECT_TRUE(std::filesystem::is_empty(home_.path() / "home" / "logs"));
}

TEST_F(ServerStreamsTest, AChunkOverTheLimitIsRefused) {
  FakeRunner runner = MakeRunner("r1");
  ASSERT_TRUE(runner.WaitForJobs(1).ok());
  EXPECT_EQ(runner.AppendLog(runner.job().id(), 0, std::string(64 * 1024 + 1, 'x')).status().code(),
            absl::StatusCode::kInvalidArgument);
}

TEST_F(ServerStreamsTest, AWatcherSeesProgressAndTheEnd) {
  FakeRunner runner = MakeRunner("r1");
  v1::GetExperimentRequest request;
  request.set_id(id_.substr(0, 8));
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(60));
  auto reader = lab_->WatchExperiment(&context, request);
  v1::GetExperimentResponse seen;
  ASSERT_TRUE(reader->Read(&seen));
  EXPECT_EQ(seen.experiment().state(), v1::QUEUED);

  ASSERT_TRUE(runner.WaitForJobs(1).ok());
  ASSERT_TRUE(runner.Synchronize(0).ok());  // Says how far it is.
  do {
    ASSERT_TRUE(reader->Read(&seen));
  } while (seen.builds(0).progress().stage() != "compile");
  EXPECT_EQ(seen.experiment().state(), v1::RUNNING);

  DoAllWork(runner, id_, [](const v1::Run&) { return 1; });
  while (reader->Read(&seen)) {
  }
  EXPECT_TRUE(reader->Finish().ok());
  EXPECT_EQ(seen.experiment().state(), v1::DONE);
  EXPECT_EQ(seen.experiment().verdict(), v1::PASS);
  EXPECT_EQ(seen.runs(0).progress().stage(), "");
}

TEST_F(ServerStreamsTest, AWatcherOfSomethingUnknownIsTold) {
  v1::GetExperimentRequest request;
  request.set_id("ffff");
  grpc::ClientContext context;
  auto reader = lab_->WatchExperiment(&context, request);
  v1::GetExperimentResponse seen;
  EXPECT_FALSE(reader->Read(&seen));
  EXPECT_EQ(reader->Finish().error_code(), grpc::StatusCode::NOT_FOUND);
}

TEST_F(ServerStreamsTest, AWatcherThatLeavesHoldsNothingUp) {
  v1::GetExperimentRequest request;
  request.set_id(id_);
  for (int i = 0; i < 20; ++i) {
    grpc::ClientContext context;
    auto reader = lab_->WatchExperiment(&context, request);
    v1::GetExperimentResponse seen;
    ASSERT_TRUE(reader->Read(&seen));
    context.TryCancel();
  }
  FakeRunner runner = MakeRunner("r1");
  DoAllWork(runner, id_, [](const v1::Run&) { return 1; });
}

TEST_F(ServerStreamsTest, AnArtifactComesBackAsItWent) {
  FakeRunner runner = MakeRunner("r1");
  std::string content(1'000'000, 'a');
  content[500'000] = '\0';
  const auto artifact = runner.Upload("Image", content);
  ASSERT_TRUE(artifact.ok()) << artifact.status();
  EXPECT_EQ(*Download(runner, artifact->sha256()), content);
  EXPECT_EQ(*Download(runner, artifact->sha256(), 999'999), "a");
  EXPECT_EQ(Download(runner, artifact->sha256(), 1'000'001).status().code(),
            absl::StatusCode::kOutOfRange);
  EXPECT_TRUE(runner.Upload("again", content).ok());
  EXPECT_TRUE(runner.Upload("empty", "").ok());
}

TEST_F(ServerStreamsTest, AnUploadWithTheWrongHashLeavesNothing) {
  FakeRunner runner = MakeRunner("r1");
  const std::string claimed = Sha256Hex("something else");
  EXPECT_EQ(runner.Upload("x", "content", claimed).status().code(), absl::StatusCode::kDataLoss);
  EXPECT_EQ(Download(runner, claimed).status().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(runner.Upload("x", "content", "../../etc/passwd").status().code(),
            absl::StatusCode::kInvalidArgument);
  EXPECT_TRUE(std::filesystem::is_empty(home_.path() / "home" / "artifacts" / "tmp"));
}

TEST_F(ServerStreamsTest, MissingArtifactsAreNamed) {
  FakeRunner runner = MakeRunner("r1");
  const std::string there = runner.Upload("x", "content")->sha256(), missing(64, 'a');
  v1::FindMissingRequest request;
  request.add_sha256(there);
  request.add_sha256(missing);
  v1::FindMissingResponse response;
  grpc::ClientContext context;
  ASSERT_TRUE(runner.artifacts().FindMissing(&context, request, &response).ok());
  ASSERT_EQ(response.sha256_size(), 1);
  EXPECT_EQ(response.sha256(0), missing);
}

}  // namespace
}  // namespace roxlab
