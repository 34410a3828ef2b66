// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_TESTS_SUPPORT_SERVER_FIXTURE_H_
#define ROXLAB_TESTS_SUPPORT_SERVER_FIXTURE_H_

#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/clock.h"
#include "client/channel.h"
#include "client/grpc_status.h"
#include "common/files.h"
#include "roxlab/v1/lab.grpc.pb.h"
#include "server/server.h"
#include "tests/support/fake_clock.h"
#include "tests/support/fake_runner.h"
#include "tests/support/test_catalog.h"

namespace roxlab {

// A real server on loopback in this process, with a directory and a clock of the test.
class ServerTest : public ::testing::Test {
 protected:
  static constexpr uint32_t kLeaseMs = 30'000;

  void SetUp() override { StartServer(); }

  void StartServer() {
    v1::ServerSettings settings;
    settings.set_home((home_.path() / "home").string());
    settings.set_listen("127.0.0.1:0");
    settings.set_http(http_);
    settings.set_web((home_.path() / "web").string());
    settings.set_lease_ms(kLeaseMs);
    settings.set_max_attempts(3);
    settings.MergeFrom(more_settings_);
    absl::StatusOr<std::unique_ptr<Server>> server = Server::Start(
        settings, clock_, [this]() -> absl::StatusOr<v1::Catalog> { return catalog_; });
    ASSERT_TRUE(server.ok()) << server.status();
    server_ = *std::move(server);
    lab_ = v1::Lab::NewStub(MakeChannel(server_->address(), credentials_));
  }
  // Another server object on the same directory, as after a crash or an upgrade.
  void RestartServer() {
    server_.reset();
    StartServer();
  }

  FakeRunner MakeRunner(const std::string& name) { return FakeRunner(server_->address(), name); }

  // Calls a unary method of Lab.
  template <typename Response, typename Request>
  absl::StatusOr<Response> Call(grpc::Status (v1::Lab::Stub::*method)(grpc::ClientContext*,
                                                                      const Request&, Response*),
                                const Request& request) {
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(60));
    Response response;
    grpc::Status status = (lab_.get()->*method)(&context, request, &response);
    if (!status.ok()) return FromGrpc(status);
    return response;
  }

  absl::StatusOr<v1::SubmitExperimentResponse> Submit(const v1::ExperimentSpec& spec,
                                                      const std::string& request_id = "") {
    v1::SubmitExperimentRequest request;
    *request.mutable_spec() = spec;
    request.set_request_id(request_id);
    return Call(&v1::Lab::Stub::SubmitExperiment, request);
  }
  v1::GetExperimentResponse Get(const std::string& id) {
    v1::GetExperimentRequest request;
    request.set_id(id);
    absl::StatusOr<v1::GetExperimentResponse> response =
        Call(&v1::Lab::Stub::GetExperiment, request);
    EXPECT_TRUE(response.ok()) << response.status();
    return response.ok() ? *response : v1::GetExperimentResponse();
  }
  v1::Run GetRun(const std::string& id) {
    v1::GetRunRequest request;
    request.set_id(id);
    absl::StatusOr<v1::Run> response = Call(&v1::Lab::Stub::GetRun, request);
    EXPECT_TRUE(response.ok()) << response.status();
    return response.ok() ? *response : v1::Run();
  }
  // The experiment once it is so; a failure after half a minute.
  v1::GetExperimentResponse Await(const std::string& id,
                                  const std::function<bool(const v1::GetExperimentResponse&)>& so) {
    const absl::Time end = absl::Now() + absl::Seconds(30);
    v1::GetExperimentResponse response = Get(id);
    while (!so(response) && absl::Now() < end) response = Get(id);
    EXPECT_TRUE(so(response)) << response.DebugString();
    return response;
  }
  v1::GetExperimentResponse AwaitDone(const std::string& id) {
    return Await(
        id, [](const v1::GetExperimentResponse& r) { return r.experiment().state() == v1::DONE; });
  }

  // Does all of an experiment's work; a run of variant V measures `l3_entries`(V, seed).
  void DoAllWork(FakeRunner& runner, const std::string& id,
                 const std::function<double(const v1::Run&)>& l3_entries) {
    while (Get(id).experiment().state() != v1::DONE) {
      absl::StatusOr<v1::SynchronizeResponse> response = runner.Synchronize(0);
      ASSERT_TRUE(response.ok()) << response.status();
      const std::map<std::string, v1::Job> jobs = runner.jobs();
      for (const auto& [job_id, job] : jobs) {
        const double value = job.has_run() ? l3_entries(GetRun(job.run().run())) : 0;
        ASSERT_TRUE(runner.Finish(runner.Passed(job, value)).ok());
      }
    }
  }

  std::string http_ = "off";
  v1::ServerSettings more_settings_;
  Credentials credentials_;  // Of lab_.
  TempDir home_ = *TempDir::Make(::testing::TempDir(), "server-");
  FakeClock clock_;
  v1::Catalog catalog_ = TestCatalog();
  std::unique_ptr<Server> server_;
  std::unique_ptr<v1::Lab::Stub> lab_;
};

}  // namespace roxlab

#endif  // ROXLAB_TESTS_SUPPORT_SERVER_FIXTURE_H_
